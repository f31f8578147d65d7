//! The member's identity: making and unlocking it.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use payamgir_desk::keys;
use payamgir_desk::open::member::UnlockError;
use payamgir_desk::open::{Hardware, Keyring, Member, SecretString};
use payamgir_desk::roster::{Fold, Policy, Receiving, kind};
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use payamgir_wire::armor::{Label, armor};
use zeroize::Zeroizing;

use super::changes::read_block;
use super::place::{Place, no_hardware};
use super::session::random;
use super::terminal::Terminal;
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

/// `payamgir desk init`: an identity, unless there is one, and a desk of its own.
pub fn init(
    place: &Place,
    others: &[PathBuf],
    threshold: Option<u8>,
    (passphrase, hardware): (Option<&Path>, Option<&Path>),
    lang: Lang,
) -> Result<(), Problem> {
    if place.public().exists() {
        return Err(already(place));
    }
    let others = others.iter().map(|path| read_block(path)).collect::<Result<Vec<_>, _>>()?;
    others.iter().for_each(|block| tell_fingerprint(block, lang));
    let member = own(place, (passphrase, hardware), lang)?;
    let mut keyring = place.keyring(&member)?;
    let policy = policy(threshold);
    let text = founding(&member, &mut keyring, &others, policy).ok_or_else(no_founding)?;
    // The keys first: a founding whose epoch nobody can read must not be given to a server.
    place.keep_keyring(&keyring, &member)?;
    files::create(&place.public(), text.as_bytes())?;
    let said = pick(
        lang,
        "تحریریه ساخته شد. این را به سرور بدهید (فایل desk.pub):",
        "The desk is founded. Give this to the server (the file desk.pub):",
    );
    eprintln!("{said}");
    let own = usize::from(policy.author_may_approve);
    if others.len() + own < usize::from(policy.threshold) {
        eprintln!("{}", too_few_to_approve(lang));
    }
    output::bytes(text.as_bytes())
}

/// A desk in which nothing can be approved until somebody else joins.
fn too_few_to_approve(lang: Lang) -> &'static str {
    pick(
        lang,
        "توجه: تأیید خود نویسنده شمرده نمی‌شود و اعضای دیگر کمتر از آستانه‌اند: تا کسی نپیوندد، یا «desk policy --author-may-approve true» نشود، هیچ پاسخی و هیچ پاک شدنی تأیید نمی‌شود.",
        "Note: an author's own approval does not count, and the others are fewer than the threshold: until somebody joins, or `desk policy --author-may-approve true`, no reply and no erasure can be approved.",
    )
}

/// `payamgir desk identity`: an identity, unless there is one, and the block by which it is
/// admitted.
pub fn identity(
    place: &Place,
    how: (Option<&Path>, Option<&Path>),
    lang: Lang,
) -> Result<(), Problem> {
    let member = own(place, how, lang)?;
    let mut keyring = place.keyring(&member)?;
    let block = keys::block(&member, &mut keyring, &random());
    place.keep_keyring(&keyring, &member)?;
    let said = pick(
        lang,
        "این بلوک را به سرپرست تحریریه بدهید، و desk.pub او را در این پوشه بگذارید:",
        "Give this block to an admin of the desk, and put its desk.pub into this folder:",
    );
    eprintln!("{said}");
    tell_fingerprint(&block, lang);
    output::bytes(armor(Label::Member, &block.encode()).as_bytes())
}

/// Shows by what a block is compared.
pub fn tell_fingerprint(block: &Receiving, lang: Lang) {
    let digits = digits::localize(&keys::fingerprint(block), lang);
    let said = pick(
        lang,
        "اثر انگشت بلوک، پای تلفن بسنجید",
        "the block's fingerprint, to compare by telephone",
    );
    eprintln!("{said}: {}", payamgir_text::terminal::isolate(&digits));
}

/// `payamgir desk passphrase`: the same identity under another passphrase.
pub fn passphrase(
    place: &Place,
    old: Option<&Path>,
    new: Option<&Path>,
    lang: Lang,
) -> Result<(), Problem> {
    let member = unlock(place, old, lang)?;
    let file = member.lock(choose(new, lang)?, None).map_err(not_locked)?;
    files::replace(&place.identity(), &file)?;
    eprintln!("{}", pick(lang, "گذرواژه عوض شد.", "The passphrase is changed."));
    Ok(())
}

/// The identity of this folder, made where there is none; its age half in hardware where the file
/// of a plugin's identity was named.
pub fn own(
    place: &Place,
    (passphrase, hardware): (Option<&Path>, Option<&Path>),
    lang: Lang,
) -> Result<Member, Problem> {
    if place.identity().exists() {
        return match hardware {
            Some(_) => Err(identity_already(place)),
            None => unlock(place, passphrase, lang),
        };
    }
    let member = match hardware {
        Some(path) => hardware_member(path)?,
        None => new_member(),
    };
    let passphrase = choose(passphrase, lang)?;
    let file = member.lock(passphrase, None).map_err(not_locked)?;
    place.folder()?;
    files::create(&place.identity(), &file)?;
    Ok(member)
}

/// A member whose age half a plugin has; tried before anything is written.
fn hardware_member(path: &Path) -> Result<Member, Problem> {
    let hardware = Hardware::parse(&files::read(path)?).ok_or_else(not_hardware)?;
    let mut seed = Zeroizing::new([0; 32]);
    world::random(&mut *seed);
    let member = Member::with_hardware(hardware, &seed).asking(Arc::new(Terminal));
    let sealed = keys::lock(&Keyring::default(), &member);
    let sealed = sealed.map_err(|error| no_hardware(&member).because(error))?;
    let opened = keys::unlock(&sealed, &member);
    opened.map_err(|error| no_hardware(&member).because(error))?;
    Ok(member)
}

/// A desk of this member and those others; its keys are put into the keyring.
pub fn founding(
    member: &Member,
    keyring: &mut Keyring,
    others: &[Receiving],
    policy: Policy,
) -> Option<String> {
    let today = keys::day(world::now());
    let signed = keys::found(member, keyring, others, (policy, today), &random())?;
    let body = signed.encode();
    // What the rules refuse is no desk.
    Fold::default().hear(0, kind::STATEMENT, &body).ok()?;
    Some(armor(Label::Desk, &body))
}

/// What a desk starts with.
pub fn policy(threshold: Option<u8>) -> Policy {
    let threshold = threshold.unwrap_or(1);
    Policy { threshold, author_may_approve: threshold == 1, ..Policy::DEFAULT }
}

fn no_founding() -> Problem {
    let what = Say::new("از این بلوک‌ها تحریریه‌ای ساخته نشد.", "No desk can be founded with these.");
    let to_do = Say::new(
        "بلوک هر عضو یک بار، و آستانه از ۱ تا شمار اعضا.",
        "Give each member's block once, and a threshold from 1 to the number of members.",
    );
    Problem::new(what, to_do)
}

/// Opens the identity with the passphrase.
pub fn unlock(place: &Place, passphrase: Option<&Path>, lang: Lang) -> Result<Member, Problem> {
    if !place.identity().exists() {
        return Err(none(place));
    }
    let passphrase = match passphrase {
        Some(path) => from_file(path)?,
        None => ask(pick(lang, "گذرواژه: ", "Passphrase: "))?,
    };
    unlock_with(place, passphrase)
}

/// Opens the identity with a passphrase that is at hand.
pub fn unlock_with(place: &Place, passphrase: SecretString) -> Result<Member, Problem> {
    if !place.identity().exists() {
        return Err(none(place));
    }
    let file = files::read(&place.identity())?;
    let member = Member::unlock(file.as_bytes(), passphrase).map_err(not_unlocked)?;
    Ok(member.asking(Arc::new(Terminal)))
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
    let path = place.public();
    let path = path.display();
    let what = Say::new(
        format!("این پوشه تحریریه‌ای دارد: «{path}»."),
        format!("This folder belongs to a desk already: {path}."),
    );
    let to_do = Say::new(
        "تحریریه‌ی تازه را در پوشه‌ی دیگری بسازید (‎--dir). این یکی را پاک نکنید: بی آن هیچ پیامی باز نمی‌شود.",
        "Found a new one in another folder (--dir). Do not delete this one: without it nothing opens.",
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

fn identity_already(place: &Place) -> Problem {
    let path = place.identity();
    let path = path.display();
    let what = Say::new(
        format!("این پوشه هویتی دارد: «{path}»."),
        format!("This folder has an identity already: {path}."),
    );
    let to_do = Say::new(
        "هویتی با کلید سخت‌افزاری در پوشه‌ی دیگری بسازید (‎--dir).",
        "Make one with hardware in another folder (--dir).",
    );
    Problem::new(what, to_do)
}

fn not_hardware() -> Problem {
    let what = Say::new(
        "در این فایل هویتی از یک افزونه‌ی age نیست.",
        "There is no age plugin's identity in that file.",
    );
    let to_do = Say::new(
        "فایلی را بدهید که افزونه ساخته و سطری با AGE-PLUGIN- دارد.",
        "Name the file that the plugin made, with a line AGE-PLUGIN-….",
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
