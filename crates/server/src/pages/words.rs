//! Every word a source reads on these pages, in each language.
//!
//! `{chars}`, `{files}`, `{size}`, `{total}`, `{n}` and `{of}` are filled in by [`fill`]. A [`Said::what`] carries no
//! final full stop, so that it can be a heading, a link or a sentence.

use payamgir_text::lang::Lang;

use super::{FileFate, Problem};

/// What happened, and what can be done about it.
pub(super) struct Said {
    pub what: &'static str,
    pub act: &'static str,
}

/// A short name and what is to be known about it.
pub(super) struct Note {
    pub term: &'static str,
    pub told: &'static str,
}

/// What is said of each [`Problem`].
pub(super) struct Problems {
    pub empty: Said,
    pub text_too_long: Said,
    pub too_many_files: Said,
    pub file_too_large: Said,
    pub too_much: Said,
    pub malformed: Said,
    pub wrong_type: Said,
    pub too_slow: Said,
    pub busy: Said,
    pub full: Said,
    pub internal: Said,
    pub not_found: Said,
    pub method: Said,
}

/// The words of one language.
pub(super) struct Words {
    pub other_lang: Lang,
    pub other_name: &'static str,
    pub links: &'static str,
    pub leave: &'static str,
    pub leave_note: &'static str,
    pub skip: &'static str,
    /// Says nothing about its purpose on its own: it stays in tab lists and histories.
    pub title: &'static str,
    pub heading: &'static str,
    pub lead: &'static str,
    pub sealed: &'static str,
    pub decides: &'static str,
    pub text: &'static str,
    pub text_hint: &'static str,
    pub files: &'static str,
    pub files_hint: &'static str,
    pub files_note: &'static str,
    pub cannot: &'static str,
    pub cannot_notes: [Note; 4],
    pub send: &'static str,
    pub refused: &'static str,
    pub kept: &'static str,
    pub choose_again: &'static str,
    pub earlier: &'static str,
    pub received: &'static str,
    pub received_lead: &'static str,
    pub part: &'static str,
    pub part_lead: &'static str,
    pub arrived: &'static str,
    pub arrived_count: &'static str,
    pub words_row: &'static str,
    pub file_row: &'static str,
    pub none: &'static str,
    pub fate_sealed: &'static str,
    pub fate_cut: &'static str,
    pub fate_too_large: &'static str,
    pub fate_not_taken: &'static str,
    pub rest: &'static str,
    pub reference: &'static str,
    pub reference_note: &'static str,
    pub next: &'static str,
    pub next_note: &'static str,
    pub now: &'static str,
    pub now_steps: [&'static str; 3],
    pub send_more: &'static str,
    pub back: &'static str,
    pub home: &'static str,
    pub problems: Problems,
}

impl Words {
    /// The words of `lang`.
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Fa => &FA,
            Lang::En => &EN,
        }
    }

    /// What happened, and what can be done about it.
    pub(super) const fn problem(&self, problem: Problem) -> &Said {
        let said = &self.problems;
        match problem {
            Problem::Empty => &said.empty,
            Problem::TextTooLong => &said.text_too_long,
            Problem::TooManyFiles => &said.too_many_files,
            Problem::FileTooLarge => &said.file_too_large,
            Problem::TooMuch => &said.too_much,
            Problem::Malformed => &said.malformed,
            Problem::WrongType => &said.wrong_type,
            Problem::TooSlow => &said.too_slow,
            Problem::Busy => &said.busy,
            Problem::Full => &said.full,
            Problem::Internal => &said.internal,
            Problem::NotFound => &said.not_found,
            Problem::Method => &said.method,
        }
    }

    /// What became of one file.
    pub(super) const fn fate(&self, fate: FileFate) -> &'static str {
        match fate {
            FileFate::Sealed => self.fate_sealed,
            FileFate::Cut => self.fate_cut,
            FileFate::TooLarge => self.fate_too_large,
            FileFate::NotTaken => self.fate_not_taken,
        }
    }
}

/// `template` with each `{name}` replaced by its value.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
}

const fn said(what: &'static str, act: &'static str) -> Said {
    Said { what, act }
}

const fn note(term: &'static str, told: &'static str) -> Note {
    Note { term, told }
}

static FA: Words = Words {
    other_lang: Lang::En,
    other_name: "English",
    links: "پیوندهای صفحه",
    leave: "ترک این صفحه",
    leave_note: "ترک این صفحه تاریخچه‌ی مرورگر را پاک نمی‌کند.",
    skip: "رفتن به متن صفحه",
    title: "فرم پیام",
    heading: "پیام به نشست",
    lead: "اگر حضور در جلسه برایتان امن نیست، از همین‌جا بنویسید یا عکس، صدا و فیلم بفرستید.",
    sealed: "هرچه بفرستید همین که برسد مهروموم می‌شود: از آن پس سرور نمی‌تواند آن را بخواند و تنها تحریریه، \
             یعنی چند ویراستار این نشست، می‌تواند بازش کند.",
    decides: "این‌که چه چیزی در نشست خوانده یا منتشر شود با تحریریه است؛ فرستادن به معنای انتشار نیست.",
    text: "نوشته‌ی شما",
    text_hint: "تا {chars} نویسه، به هر زبانی. می‌توانید خالی بگذارید و فقط فایل بفرستید.",
    files: "عکس، صدا، فیلم",
    files_hint: "تا {files} فایل، هر یک تا {size} و روی هم تا {total}.",
    files_note: "فایل بزرگ دیر می‌رسد؛ تا صفحه‌ی بعد نیامده، این صفحه را نبندید. نوشته پیش از فایل‌ها می‌رسد. \
                 اگر خط قطع شود، نوشته و هر فایلی که کامل رسیده باشد می‌ماند.",
    cannot: "آنچه از این صفحه برنمی‌آید",
    cannot_notes: [
        note(
            "خط اینترنت",
            "کسی که خط شما را زیر نظر دارد می‌بیند که به این‌جا آمده‌اید. اگر می‌توانید، با مرورگر تور \
             (Tor\u{a0}Browser) بیایید.",
        ),
        note(
            "گوشی",
            "تاریخچه‌ی مرورگر و اصل عکس‌ها و فیلم‌ها در گوشی می‌ماند؛ این صفحه نمی‌تواند پاکشان کند.",
        ),
        note(
            "درون فایل",
            "عکس و فیلم معمولاً نشان می‌دهد کجا و با چه دستگاهی گرفته شده است. تحریریه آن را می‌بیند.",
        ),
        note("لحظه‌ی رسیدن", "تا مهروموم شود، آنچه می‌فرستید بی‌مهر از حافظه‌ی سرور می‌گذرد."),
    ],
    send: "فرستادن",
    refused: "این پیام هنوز نرسیده است",
    kept: "نوشته‌تان در همین صفحه مانده است.",
    choose_again: "مرورگر فایل‌ها را نگه نمی‌دارد؛ دوباره انتخابشان کنید.",
    earlier: "آنچه پیش‌تر رسیده سر جایش است؛ آن را دوباره نفرستید.",
    received: "پیام شما رسید",
    received_lead: "پیام مهروموم شد؛ سرور دیگر نمی‌تواند آن را بخواند و تنها تحریریه می‌تواند بازش کند.",
    part: "بخشی از پیام شما رسید",
    part_lead: "آنچه رسیده مهروموم شده است؛ آن را دوباره نفرستید. بقیه را می‌توانید از همین صفحه بفرستید.",
    arrived: "چه رسید",
    arrived_count: "{n} فایل از {of} فایل",
    words_row: "نوشته",
    file_row: "فایل {n}",
    none: "نداشت",
    fate_sealed: "رسید",
    fate_cut: "کامل نرسید",
    fate_too_large: "نرسید؛ بزرگ‌تر از {size}",
    fate_not_taken: "نرسید",
    rest: "فرستادن بقیه",
    reference: "شماره‌ی این پیام",
    reference_note: "اگر روزی با تحریریه حرف زدید، پیامتان با این شماره پیدا می‌شود. نیازی به آن نیست؛ اگر ممکن است \
                     کسی گوشی‌تان را بگردد، نگهش ندارید.",
    next: "از این پس",
    next_note: "تحریریه می‌تواند پیام را باز کند و تصمیم بگیرد که در نشست خوانده یا منتشر شود یا نه. فرستادن به \
                معنای انتشار نیست.",
    now: "همین حالا",
    now_steps: [
        "این صفحه را ببندید.",
        "تاریخچه‌ی مرورگر را پاک کنید.",
        "برای کارهای دیگر، پنجره‌ی تازه‌ای باز کنید.",
    ],
    send_more: "فرستادن پیامی دیگر",
    back: "اگر چیزی نوشته بودید، مرورگر آن را نگه نمی‌دارد؛ دوباره بنویسیدش.",
    home: "باز کردن فرم پیام",
    problems: Problems {
        empty: said(
            "در پیام نه نوشته‌ای بود و نه فایلی",
            "چیزی بنویسید یا فایلی انتخاب کنید و بفرستید.",
        ),
        text_too_long: said(
            "نوشته از {chars} نویسه بلندتر است",
            "آن را کوتاه‌تر کنید، در چند پیام بفرستید، یا در یک فایل بگذارید.",
        ),
        too_many_files: said(
            "فایل‌ها بیش از {files} تاست",
            "تا {files} فایل را بفرستید و بقیه را در پیامی دیگر.",
        ),
        file_too_large: said(
            "دست‌کم یکی از فایل‌ها از {size} بزرگ‌تر است",
            "فیلم را کوتاه‌تر کنید، یا با کیفیتی پایین‌تر بفرستید.",
        ),
        too_much: said("فایل‌ها روی هم از {total} بزرگ‌ترند", "آنچه مانده را در پیامی دیگر بفرستید."),
        malformed: said("پیام ناقص به سرور رسید", "شاید خط قطع شده باشد. دوباره بفرستید."),
        wrong_type: said(
            "پیام به شکلی آمد که این صفحه نمی‌تواند بخواند",
            "با فرم همین صفحه دوباره بفرستید.",
        ),
        too_slow: said(
            "خط کند بود و ارتباط پیش از پایان بسته شد",
            "دوباره بفرستید؛ اگر باز نشد، فایل‌ها را یکی‌یکی بفرستید.",
        ),
        busy: said("همین حالا پیام‌های زیادی در راه است", "چند دقیقه‌ی دیگر دوباره بفرستید."),
        full: said("فعلاً جایی برای پیام تازه نیست", "چند ساعت دیگر دوباره بفرستید."),
        internal: said("در سرور اشکالی پیش آمد", "کمی بعد دوباره بفرستید."),
        not_found: said("در این نشانی صفحه‌ای نیست", "شاید نشانی کامل نباشد."),
        method: said("این نشانی فقط فرم پیام است", "فرم را از نو باز کنید."),
    },
};

static EN: Words = Words {
    other_lang: Lang::Fa,
    other_name: "فارسی",
    links: "Page links",
    leave: "Leave this page",
    leave_note: "Leaving this page does not clear your browser’s history.",
    skip: "Skip to the content",
    title: "Message form",
    heading: "A message to the assembly",
    lead: "If it is not safe for you to be in the room, write here, or send photos, sound and film.",
    sealed: "Whatever you send is sealed as it arrives: from then on the server cannot read it, and only the desk, \
             the few editors of this assembly, can open it.",
    decides: "The desk decides what is read out or published; sending is no promise of either.",
    text: "Your words",
    text_hint: "Up to {chars} characters, in any language. You can leave this empty and send only files.",
    files: "Photos, sound, film",
    files_hint: "Up to {files} files, each up to {size}, together up to {total}.",
    files_note: "A large file takes time: keep this page open until the next one appears. Your words arrive before \
                 the files. If the line breaks, they stay, and so does every file that arrived whole.",
    cannot: "What this page cannot do",
    cannot_notes: [
        note(
            "Your line",
            "Anyone who watches it can see that you came here. If you can, come with Tor\u{a0}Browser.",
        ),
        note(
            "Your phone",
            "The browser’s history and the original photos and films stay on it; this page cannot remove them.",
        ),
        note(
            "Inside the file",
            "Photos and films usually say where and on what device they were taken. The desk can see it.",
        ),
        note(
            "While it arrives",
            "Until it is sealed, what you send passes through the server’s memory unsealed.",
        ),
    ],
    send: "Send",
    refused: "This message has not arrived yet",
    kept: "Your words are still on this page.",
    choose_again: "The browser does not keep files: please choose them again.",
    earlier: "What arrived before is safe; do not send it again.",
    received: "Your message has arrived",
    received_lead: "It is sealed. The server can no longer read it; only the desk can open it.",
    part: "Part of your message has arrived",
    part_lead: "What arrived is sealed; do not send it again. You can send the rest from this page.",
    arrived: "What arrived",
    arrived_count: "{n} of {of} files",
    words_row: "Words",
    file_row: "File {n}",
    none: "none",
    fate_sealed: "arrived",
    fate_cut: "did not arrive whole",
    fate_too_large: "did not arrive: over {size}",
    fate_not_taken: "did not arrive",
    rest: "Send the rest",
    reference: "Number of this message",
    reference_note: "If you ever speak to the desk, this number finds your message. You do not need it; if someone may \
                     look through your phone, do not keep it.",
    next: "From here on",
    next_note: "The desk can open it and decide whether it is read out or published. Sending is no promise of either.",
    now: "Right now",
    now_steps: [
        "Close this page.",
        "Clear your browser’s history.",
        "For anything else, open a new window.",
    ],
    send_more: "Send something else",
    back: "If you had written something, the browser does not keep it: please write it again.",
    home: "Open the message form",
    problems: Problems {
        empty: said(
            "There were no words and no files",
            "Write something or choose a file, then send.",
        ),
        text_too_long: said(
            "The words are longer than {chars} characters",
            "Shorten them, send them in several messages, or put them in a file.",
        ),
        too_many_files: said(
            "There are more than {files} files",
            "Send up to {files}, and the rest in another message.",
        ),
        file_too_large: said(
            "At least one file is larger than {size}",
            "Shorten the film, or send it in lower quality.",
        ),
        too_much: said(
            "The files together are larger than {total}",
            "Send what is left in another message.",
        ),
        malformed: said(
            "The message reached the server incomplete",
            "The line may have broken. Please send again.",
        ),
        wrong_type: said(
            "The message came in a shape this page cannot read",
            "Please send it again with the form on this page.",
        ),
        too_slow: said(
            "The line was slow and closed before the end",
            "Please send again; if it fails once more, send the files one by one.",
        ),
        busy: said("Many messages are arriving just now", "Please send again in a few minutes."),
        full: said(
            "There is no room for new messages at the moment",
            "Please send again in a few hours.",
        ),
        internal: said("Something went wrong on the server", "Please send again a little later."),
        not_found: said("There is no page at this address", "The address may be incomplete."),
        method: said("This address holds only the message form", "Please open the form again."),
    },
};
