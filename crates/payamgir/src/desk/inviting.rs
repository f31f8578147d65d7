//! `desk invite` and `desk welcome`: the inviter's side of joining by a code.

use std::io::{BufRead, IsTerminal};

use payamgir_desk::invite::{self, CODE_BYTES, NotIt, Secret, Welcome};
use payamgir_desk::keys;
use payamgir_desk::roster::{Act, Joining, Receiving, Role, Roster};
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use zeroize::Zeroizing;

use super::session::Session;
use super::spoken;
use super::syncing::unreachable_server;
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::world;

/// Under what an inviter keeps its half.
const KEPT: &str = "invitation-";

/// A newcomer that answered with the code.
pub struct Candidate {
    secret: Secret,
    answer: Vec<u8>,
    block: Receiving,
    role: Role,
}

/// A new invitation, and what to tell the person who is to be invited.
pub fn invite(session: &mut Session<'_>, roster: &Roster, role: Role, days: u32) -> (Act, Say) {
    let (mut code, mut seed) = ([0; CODE_BYTES], Zeroizing::new([0; 64]));
    world::random(&mut code);
    world::random(&mut *seed);
    let secret = Secret::invite(free_id(roster), code, &seed);
    session.keyring.set_secret(&kept(&secret.id), Some(secret.bytes()));
    let last_day = keys::day(world::now()).saturating_add(days);
    let act = Act::Invited { id: secret.id, role, last_day, exchange: secret.exchange() };
    (act, told(&secret, roster.policy().threshold))
}

/// An id whose number no open invitation has.
fn free_id(roster: &Roster) -> [u8; 16] {
    let taken: Vec<u32> = roster.invitations().map(|(id, _)| invite::number(id)).collect();
    loop {
        let mut id = [0; 16];
        world::random(&mut id);
        if !taken.contains(&invite::number(&id)) {
            return id;
        }
    }
}

fn kept(id: &[u8; 16]) -> String {
    format!("{KEPT}{}", payamgir_wire::hex::Hex(*id))
}

/// The code in both languages: who reads it and who hears it may speak different ones.
fn told(secret: &Secret, threshold: u8) -> Say {
    let number = invite::number(&secret.id).to_string();
    let code = |lang| {
        let digits = digits::localize(&number, lang);
        format!("{digits} {}", spoken::words(&secret.code, lang))
    };
    let both = format!("\n  {}\n  {}\n", code(Lang::Fa), code(Lang::En));
    let (fa, en) = match threshold {
        0 | 1 => ("", ""),
        _ => (
            "\nپیش از آن سرپرستی دیگر باید دعوت را امضا کند (desk members و desk sign).",
            "\nBefore that another admin must sign the invitation (desk members, desk sign).",
        ),
    };
    Say::new(
        format!(
            "این رمز را پای تلفن یا حضوری بگویید؛ هر دو سطر یکی است و یک بار به کار می‌آید:\n{both}\nاو اجرا می‌کند: payamgir desk join --server نشانی رمز\nسپس شما: payamgir desk welcome{fa}"
        ),
        format!(
            "Tell this code by telephone or in person; both lines are the same, and it works once:\n{both}\nThey run: payamgir desk join --server URL CODE\nThen you: payamgir desk welcome{en}"
        ),
    )
}

/// Who answered one of this member's invitations, chosen by the fingerprint that the newcomer
/// reads to the inviter.
pub fn candidate(
    session: &mut Session<'_>,
    roster: &Roster,
    (number, fingerprint): (Option<u32>, Option<&str>),
    lang: Lang,
) -> Result<Candidate, Problem> {
    let answers = session.client()?.answers().map_err(unreachable_server)?;
    let before = session.keyring.text();
    let mut secrets = secrets(session, roster);
    secrets.retain(|secret| number.is_none_or(|number| invite::number(&secret.id) == number));
    let mut candidates = vec![];
    for secret in secrets {
        candidates.extend(heard(session, roster, secret, &answers, lang));
    }
    // Wrong answers are counted also where nobody is admitted now.
    if *before != *session.keyring.text() {
        session.place.keep_keyring(&session.keyring, &session.member)?;
    }
    if candidates.is_empty() {
        return Err(nobody_answered());
    }
    let read = match fingerprint {
        Some(given) => given.to_owned(),
        None => ask(&candidates, lang)?,
    };
    let read = only_digits(&read);
    let fits = |c: &Candidate| only_digits(&keys::fingerprint(&c.block)) == read;
    candidates.into_iter().find(fits).ok_or_else(other_fingerprint)
}

/// This member's open invitations; the others are forgotten.
fn secrets(session: &mut Session<'_>, roster: &Roster) -> Vec<Secret> {
    let mut open = vec![];
    for name in session.keyring.secrets(KEPT) {
        let secret = session.keyring.secret(&name).and_then(Secret::parse);
        let known = |s: &Secret| roster.invitation(&s.id).is_some() || waits(roster, &s.id);
        match secret.filter(known) {
            Some(secret) => open.push(secret),
            None => session.keyring.set_secret(&name, None),
        }
    }
    open
}

fn waits(roster: &Roster, wanted: &[u8; 16]) -> bool {
    let is = |act: &Act| matches!(act, Act::Invited { id, .. } if id == wanted);
    roster.waiting().any(|(_, statement, _)| is(&statement.act))
}

/// The answers to one invitation that were made with its code; the others are counted.
fn heard(
    session: &mut Session<'_>,
    roster: &Roster,
    mut secret: Secret,
    answers: &[Vec<u8>],
    lang: Lang,
) -> Vec<Candidate> {
    let mut candidates = vec![];
    let Some(role) = roster.invitation(&secret.id).map(|invitation| invitation.role) else {
        return candidates;
    };
    for answer in answers {
        if secret.is_known_wrong(answer) {
            continue;
        }
        match secret.open_answer(answer) {
            Ok(block) => {
                let (secret, answer) = (secret.clone(), answer.clone());
                candidates.push(Candidate { secret, answer, block, role });
            }
            // Without the shape of an answer it is no guess.
            Err(NotIt::OtherInvitation | NotIt::Malformed) => {}
            Err(NotIt::WrongCode) => {
                eprintln!("{}", wrong_answer(lang));
                if !secret.wrong(answer) {
                    eprintln!("{}", given_up(lang));
                    session.keyring.set_secret(&kept(&secret.id), None);
                    return candidates;
                }
                session.keyring.set_secret(&kept(&secret.id), Some(secret.bytes()));
            }
        }
    }
    candidates
}

impl Candidate {
    /// The joining of this newcomer.
    pub fn joining(&self, session: &Session<'_>, roster: &Roster) -> Result<Joining, Problem> {
        let welcome = Welcome { desk: roster.desk(), log_key: session.link.log_key.clone() };
        let member = keys::seat(&self.block, self.role).ok_or_else(nobody_answered)?;
        let welcome = self.secret.welcome(&self.answer, &member.key, &welcome);
        let welcome = welcome.map_err(|error| nobody_answered().because(error))?;
        Ok(Joining { member, invitation: Some(self.secret.id), welcome, replaces: None })
    }
}

fn only_digits(text: &str) -> String {
    digits::to_ascii(text).chars().filter(char::is_ascii_digit).collect()
}

fn ask(candidates: &[Candidate], lang: Lang) -> Result<String, Problem> {
    if !std::io::stdin().is_terminal() {
        return Err(nobody_to_ask());
    }
    let role = |c: &Candidate| super::acts::role_word(c.role, lang);
    for c in candidates {
        let number = digits::localize(&invite::number(&c.secret.id).to_string(), lang);
        eprintln!("{number}: {}", role(c));
    }
    eprint!(
        "{}",
        pick(
            lang,
            "اثر انگشتی را که تازه‌وارد برایتان می‌خواند بنویسید: ",
            "Type the fingerprint that the newcomer reads to you: ",
        )
    );
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| nobody_to_ask().because(e))?;
    Ok(line)
}

fn wrong_answer(lang: Lang) -> &'static str {
    pick(
        lang,
        "پاسخی آمد که رمز را نداشت: یا رمز اشتباه نوشته شده، یا کسی در میانه است. پذیرفته نشد.",
        "An answer came that was made without the code: either it was mistyped or somebody is in between. It is refused.",
    )
}

fn given_up(lang: Lang) -> &'static str {
    pick(
        lang,
        "هشدار: پاسخ‌های نادرست زیاد شد؛ این دعوت کنار گذاشته شد. رمز تازه‌ای بسازید.",
        "ALARM: too many wrong answers; this invitation is given up. Make a new code.",
    )
}

fn nobody_answered() -> Problem {
    let what =
        Say::new("کسی هنوز با رمز شما پاسخ نداده است.", "Nobody has answered with your code yet.");
    let to_do = Say::new(
        "از او بخواهید «payamgir desk join» را باز بگذارد و دوباره بکوشید.",
        "Ask them to leave `payamgir desk join` running, and try again.",
    );
    Problem::new(what, to_do)
}

fn other_fingerprint() -> Problem {
    let what = Say::new(
        "این اثر انگشت از آنِ کسی که پاسخ داده نیست؛ پذیرفته نشد.",
        "That is not the fingerprint of whoever answered; nobody was admitted.",
    );
    let to_do = Say::new(
        "از او بخواهید دوباره بخواند. اگر باز نخواند، کسی در میانه است: رمز تازه‌ای بسازید.",
        "Ask them to read it again. If it still differs, somebody is in between: make a new code.",
    );
    Problem::new(what, to_do)
}

fn nobody_to_ask() -> Problem {
    let what =
        Say::new("اثر انگشت را نمی‌توان پرسید.", "There is nobody to ask for the fingerprint.");
    let to_do = Say::new(
        "در ترمینال اجرا کنید، یا ‎--fingerprint بدهید.",
        "Run it in a terminal, or give --fingerprint.",
    );
    Problem::new(what, to_do)
}
