//! The member's identity: making and unlocking it.

use std::io::IsTerminal;
use std::path::Path;

use payamgir_desk::open::Member;
use payamgir_desk::open::SecretString;
use payamgir_desk::open::member::UnlockError;
use payamgir_text::lang::Lang;
use payamgir_wire::desk_public::DeskPublic;
use zeroize::Zeroizing;

use super::place::Place;
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{files, output, world};

/// Shortest passphrase taken, in characters.
const PASSPHRASE_CHARS: usize = 12;

/// A member with fresh keys.
pub fn new_member() -> Member {
    let mut seed = Zeroizing::new([0; 64]);
    world::random(&mut *seed);
    Member::from_seed(&seed)
}

/// `payamgir desk init`
pub fn init(place: &Place, passphrase: Option<&Path>, lang: Lang) -> Result<(), Problem> {
    if place.identity().exists() {
        return Err(already(place));
    }
    let passphrase = choose(passphrase, lang)?;
    let member = new_member();
    let file = member.lock(passphrase, None).map_err(not_locked)?;
    place.folder()?;
    files::create(&place.identity(), &file)?;
    let public = public_half(&member);
    files::replace(&place.public(), public.to_string().as_bytes())?;
    let said = pick(
        lang,
        "هویت ساخته شد. این را به سرور بدهید (فایل desk.pub):",
        "The identity is made. Give this to the server (the file desk.pub):",
    );
    eprintln!("{said}");
    output::bytes(public.to_string().as_bytes())
}

/// What the server is told of a desk of one member.
pub fn public_half(member: &Member) -> DeskPublic {
    DeskPublic { recipient: member.identity().recipient(), members: vec![member.verifying_key()] }
}

/// Opens the identity with the passphrase.
pub fn unlock(place: &Place, passphrase: Option<&Path>, lang: Lang) -> Result<Member, Problem> {
    if !place.identity().exists() {
        return Err(none(place));
    }
    let file = files::read(&place.identity())?;
    let passphrase = match passphrase {
        Some(path) => from_file(path)?,
        None => ask(pick(lang, "گذرواژه: ", "Passphrase: "))?,
    };
    Member::unlock(file.as_bytes(), passphrase).map_err(not_unlocked)
}

fn choose(file: Option<&Path>, lang: Lang) -> Result<SecretString, Problem> {
    use payamgir_desk::open::ExposeSecret;
    let chosen = match file {
        Some(path) => from_file(path)?,
        None => {
            let first = ask(pick(lang, "گذرواژه‌ی تازه: ", "New passphrase: "))?;
            let second = ask(pick(lang, "دوباره: ", "Again: "))?;
            if first.expose_secret() != second.expose_secret() {
                return Err(unequal());
            }
            first
        }
    };
    if chosen.expose_secret().chars().count() < PASSPHRASE_CHARS {
        return Err(too_short());
    }
    Ok(chosen)
}

fn from_file(path: &Path) -> Result<SecretString, Problem> {
    let text = Zeroizing::new(files::read(path)?);
    Ok(SecretString::from(text.lines().next().unwrap_or_default().to_owned()))
}

fn ask(prompt: &str) -> Result<SecretString, Problem> {
    if !std::io::stdin().is_terminal() {
        return Err(nobody_to_ask());
    }
    rpassword::prompt_password(prompt)
        .map(SecretString::from)
        .map_err(|e| nobody_to_ask().because(e))
}

fn already(place: &Place) -> Problem {
    let path = place.identity();
    let path = path.display();
    let what =
        Say::new(format!("در «{path}» هویتی هست."), format!("There is an identity at {path}."));
    let to_do = Say::new(
        "هویت تازه را در پوشه‌ی دیگری بسازید (‎--dir). آن را پاک نکنید: بی آن هیچ پیامی باز نمی‌شود.",
        "Make a new one in another folder (--dir). Do not delete this one: without it nothing opens.",
    );
    Problem::new(what, to_do)
}

fn none(place: &Place) -> Problem {
    let path = place.identity();
    let path = path.display();
    let what =
        Say::new(format!("در «{path}» هویتی نیست."), format!("There is no identity at {path}."));
    let to_do = Say::new(
        "نخست «payamgir desk init» را اجرا کنید، یا پوشه را با ‎--dir بدهید.",
        "Run `payamgir desk init` first, or name the folder with --dir.",
    );
    Problem::new(what, to_do)
}

fn nobody_to_ask() -> Problem {
    let what = Say::new("گذرواژه را نمی‌توان پرسید.", "There is nobody to ask for the passphrase.");
    let to_do = Say::new(
        "در ترمینال اجرا کنید، یا ‎--passphrase-file بدهید.",
        "Run it in a terminal, or give --passphrase-file.",
    );
    Problem::new(what, to_do)
}

fn unequal() -> Problem {
    let what = Say::new("دو گذرواژه یکی نبود.", "The two passphrases differ.");
    Problem::new(what, Say::new("دوباره اجرا کنید.", "Run it again."))
}

fn too_short() -> Problem {
    let n = PASSPHRASE_CHARS;
    let what = Say::new("گذرواژه کوتاه است.", "The passphrase is too short.");
    let to_do = Say::new(
        format!("دست‌کم {n} نویسه؛ چند واژه‌ی نامربوط بهتر از یک واژه‌ی پیچیده است."),
        format!("At least {n} characters; several unrelated words are better than one odd word."),
    );
    Problem::new(what, to_do)
}

fn not_locked(error: std::io::Error) -> Problem {
    let what = Say::new("هویت ساخته نشد.", "The identity could not be made.");
    Problem::new(what, Say::new("دوباره اجرا کنید.", "Run it again.")).because(error)
}

fn not_unlocked(error: UnlockError) -> Problem {
    let (what, to_do) = match error {
        UnlockError::WrongPassphrase => (
            Say::new("گذرواژه درست نیست.", "The passphrase is wrong."),
            Say::new("دوباره بنویسید.", "Try again."),
        ),
        UnlockError::NotAnIdentityFile | UnlockError::TooMuchWork => (
            Say::new("identity.age آسیب دیده است.", "identity.age is damaged."),
            Say::new("نسخه‌ی پشتیبان را بیاورید.", "Restore it from its backup."),
        ),
    };
    Problem::new(what, to_do).because(error)
}
