//! `desk join`: the newcomer's side of joining by a code.

use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use payamgir_desk::invite::{NotIt, Secret};
use payamgir_desk::open::{Keyring, Member};
use payamgir_desk::roster::Receiving;
use payamgir_desk::{Client, Failure, keys};
use payamgir_text::lang::Lang;
use zeroize::Zeroizing;

use super::adopting;
use super::identity::{own, tell_fingerprint};
use super::place::{Link, Place};
use super::session::{client, random};
use super::spoken;
use super::syncing::{Progress, unreachable_server};
use crate::cli::JoinArgs;
use crate::problem::{DAMAGED, Problem};
use crate::words::{Say, pick};
use crate::world;

/// Under what a newcomer keeps its half, the server's address and the proxy.
const KEPT: &str = "joining";
const SERVER: &str = "joining-server";
const PROXY: &str = "joining-proxy";

/// Pause between looking whether somebody let this newcomer in.
const PAUSE: Duration = Duration::from_secs(3);

/// A newcomer at the door.
struct Newcomer<'a> {
    place: &'a Place,
    member: Arc<Member>,
    keyring: Keyring,
    block: Receiving,
}

/// `payamgir desk join`
pub fn run(
    place: &Place,
    args: &JoinArgs,
    passphrase: Option<&Path>,
    lang: Lang,
) -> Result<(), Problem> {
    if place.public().exists() {
        return Err(member_already());
    }
    let member = Arc::new(own(place, (passphrase, args.age_identity.as_deref()), lang)?);
    let mut keyring = place.keyring(&member)?;
    let block = keys::block(&member, &mut keyring, &random());
    let mut newcomer = Newcomer { place, member, keyring, block };
    newcomer.remember(SERVER, args.server.as_deref());
    newcomer.remember(PROXY, args.proxy.as_deref());
    let client = newcomer.client()?;
    match args.code.join(" ") {
        code if !code.is_empty() => newcomer.begin(&client, &code)?,
        _ if newcomer.kept(KEPT).is_none() => newcomer.begin(&client, &ask(lang)?)?,
        _ => {}
    }
    newcomer.keep()?;
    let secret = newcomer.kept(KEPT).and_then(Secret::parse).ok_or_else(no_code)?;
    tell_fingerprint(&newcomer.block, lang);
    newcomer.wait(&client, &secret, args.no_wait, lang)
}

impl Newcomer<'_> {
    fn remember(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.keyring.set_secret(name, Some(Zeroizing::new(value.as_bytes().to_vec())));
        }
    }

    fn kept(&self, name: &str) -> Option<&[u8]> {
        self.keyring.secret(name)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.kept(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    fn keep(&self) -> Result<(), Problem> {
        self.place.keep_keyring(&self.keyring, &self.member)
    }

    fn client(&self) -> Result<Client, Problem> {
        let server = self.text(SERVER).ok_or_else(no_server)?;
        client(&server, self.member.clone(), self.text(PROXY).as_deref())
    }

    /// Takes up an invitation: its number in the code, its message from the server.
    fn begin(&mut self, client: &Client, code: &str) -> Result<(), Problem> {
        let pieces = spoken::pieces(code);
        let (number, words) = pieces.split_first().ok_or_else(not_a_code)?;
        let number: u32 = number.parse().map_err(|_| not_a_code())?;
        let code = spoken::bytes(words)?.try_into().map_err(|_| not_a_code())?;
        let found = client.invitation(number);
        let (id, exchange) = found.map_err(|failure| match failure {
            Failure::NotFound => no_invitation(),
            other => unreachable_server(other),
        })?;
        let known = self.kept(KEPT).and_then(Secret::parse);
        let same = |s: &Secret| s.id == id && s.given() == exchange;
        // A code is of one invitation: another under it is a guess, and one was answered already.
        if known.as_ref().is_some_and(|known| known.code == code && !same(known)) {
            return Err(lying_server());
        }
        if known.is_none_or(|known| known.code != code) {
            let mut seed = Zeroizing::new([0; 64]);
            world::random(&mut *seed);
            let secret = Secret::join(id, code, &seed, &exchange);
            self.keyring.set_secret(KEPT, Some(secret.bytes()));
        }
        Ok(())
    }

    /// Leaves the answer again and again until somebody lets this newcomer in.
    fn wait(
        mut self,
        client: &Client,
        secret: &Secret,
        no_wait: bool,
        lang: Lang,
    ) -> Result<(), Problem> {
        let answer = secret.answer(&self.block).map_err(|e| lying_server().because(e))?;
        let number = payamgir_desk::invite::number(&secret.id);
        let (mut line, waiting) = (Progress::new(), pick(lang, "در انتظار…", "waiting…"));
        loop {
            if let Some(welcome) = client.welcome().map_err(unreachable_server)? {
                line.end();
                return self.enter(secret, client, &welcome, lang);
            }
            client.answer(number, &answer).map_err(|failure| match failure {
                Failure::NotFound => no_invitation(),
                other => unreachable_server(other),
            })?;
            if no_wait {
                eprintln!("{}", left(lang));
                return Ok(());
            }
            line.show(waiting);
            std::thread::sleep(PAUSE);
        }
    }

    /// Somebody let it in: now it knows which desk, and by which key to check the log.
    fn enter(
        &mut self,
        secret: &Secret,
        client: &Client,
        welcome: &[u8],
        lang: Lang,
    ) -> Result<(), Problem> {
        let welcome = secret.open_welcome(&self.member.verifying_key(), welcome);
        let welcome = welcome.map_err(|e: NotIt| lying_server().because(e))?;
        let server = self.text(SERVER).ok_or_else(no_server)?;
        let link = Link { server, log_key: welcome.log_key, proxy: self.text(PROXY) };
        adopting::adopt(self.place, &link, client, Some(&welcome.desk))?;
        for name in [KEPT, SERVER, PROXY] {
            self.keyring.set_secret(name, None);
        }
        self.keep()?;
        eprintln!(
            "{}",
            pick(
                lang,
                "اکنون عضو تحریریه‌اید. payamgir desk sync را اجرا کنید.",
                "You are a member of the desk now. Run payamgir desk sync."
            )
        );
        Ok(())
    }
}

/// The code, where it was not given: it is not left in the shell's history then.
fn ask(lang: Lang) -> Result<String, Problem> {
    if !std::io::stdin().is_terminal() {
        return Err(no_code());
    }
    eprint!("{}", pick(lang, "رمز: ", "Code: "));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| no_code().because(error))?;
    Ok(line)
}

fn left(lang: Lang) -> &'static str {
    pick(
        lang,
        "پاسخ شما نزد سرور است. اثر انگشت را برای دعوت‌کننده بخوانید و سپس «payamgir desk join» را دوباره اجرا کنید.",
        "Your answer is at the server. Read the fingerprint to whoever invited you, then run `payamgir desk join` again.",
    )
}

fn member_already() -> Problem {
    let what = Say::new("این پوشه تحریریه‌ای دارد.", "This folder belongs to a desk already.");
    let to_do = Say::new(
        "برای تحریریه‌ی دیگر پوشه‌ی دیگری با ‎--dir بدهید.",
        "For another desk name another folder with --dir.",
    );
    Problem::new(what, to_do)
}

fn no_code() -> Problem {
    let what = Say::new("رمزی داده نشده است.", "No code was given.");
    let to_do = Say::new(
        "رمزی را که شنیده‌اید بدهید: یک عدد و چهار واژه.",
        "Give the code you were told: a number and four words.",
    );
    Problem::new(what, to_do)
}

fn not_a_code() -> Problem {
    let what = Say::new("رمز کامل نیست.", "The code is not whole.");
    let to_do = Say::new(
        "یک عدد پنج‌رقمی و چهار واژه است؛ دوباره بشنوید.",
        "It is a number of five digits and four words: hear it once more.",
    );
    Problem::new(what, to_do)
}

fn no_invitation() -> Problem {
    let what = Say::new("دعوتی با این عدد باز نیست.", "No invitation of that number is open.");
    let to_do = Say::new(
        "شاید مهلتش گذشته یا هنوز امضا نشده؛ از دعوت‌کننده بپرسید و رمز تازه‌ای بخواهید.",
        "It may be over, or not signed yet: ask whoever invited you, perhaps for a new code.",
    );
    Problem::new(what, to_do)
}

fn no_server() -> Problem {
    let what = Say::new("نشانی سرور داده نشده است.", "The server's address was not given.");
    let to_do = Say::new("آن را با ‎--server بدهید.", "Give it with --server.");
    Problem::new(what, to_do)
}

/// What the server gave was not made by who has the code.
fn lying_server() -> Problem {
    let what = Say::new(
        "هشدار: آنچه سرور داد را دارنده‌ی رمز نساخته است.",
        "ALARM: what the server gave was not made by whoever has the code.",
    );
    let to_do = Say::new(
        "به این تحریریه نپیوندید؛ با دعوت‌کننده تماس بگیرید.",
        "Do not join this desk: call whoever invited you.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}
