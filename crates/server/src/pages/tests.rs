//! What every page promises, checked on every page in both languages.

use payamgir_dropbox::{Codename, List};
use payamgir_wire::hex::Hex;
use zeroize::Zeroizing;

use super::{
    Answerable, Arrival, Checked, Door, FileFate, Form, Given, Kept, Language, Problem, Reply,
    STYLE, Site, Thanks, Visit,
};
use super::{door, message, receipt, received, refused, visit};

const EXIT: &str = "https://exit.example/?q=news&lang=fa";
const WROTE: &str = "</textarea><script>alert()</script> & \"سلام\"";

const PROBLEMS: [Problem; 20] = [
    Problem::TooEarly,
    Problem::Repeated,
    Problem::MisreadPass,
    Problem::Flooded,
    Problem::WrongPass,
    Problem::Empty,
    Problem::TextTooLong,
    Problem::TooManyFiles,
    Problem::FileTooLarge,
    Problem::TooMuch,
    Problem::Malformed,
    Problem::DamagedBlock,
    Problem::OtherDesk,
    Problem::WrongType,
    Problem::TooSlow,
    Problem::Busy,
    Problem::Full,
    Problem::Internal,
    Problem::NotFound,
    Problem::Method,
];

const FATES: [FileFate; 4] =
    [FileFate::Sealed, FileFate::Cut, FileFate::TooLarge, FileFate::NotTaken];

fn langs() -> impl Iterator<Item = &'static Language> {
    Language::all().iter()
}

fn fa() -> &'static Language {
    Language::of("fa").unwrap()
}

fn en() -> &'static Language {
    Language::of("en").unwrap()
}

fn site() -> Site {
    Site {
        name_fa: "کنگره‌ی «نمونه» & یاران".to_owned(),
        name_en: "Congress of <Examples>".to_owned(),
        languages: Language::all().iter().collect(),
        exit_url: EXIT.to_owned(),
        text_chars: 100_000,
        files: 20,
        file_bytes: 2 << 30,
        total_bytes: 6 << 30,
        receipts: true,
        log_key: "example.org/log+8f13f9e4+AYqI4910CfGV".to_owned(),
        ways: vec![],
    }
}

fn arrival(files: &[FileFate], problem: Option<Problem>) -> Arrival {
    Arrival {
        text: true,
        files: files.to_vec(),
        reference: "482-917-305".to_owned(),
        answerable: Answerable::No,
        given: Given::No,
        problem,
        kept: Kept { receipt: false, ..kept("", None) },
    }
}

/// What a form that is given back had in it.
fn kept(text: &str, codename: Option<Codename>) -> Kept {
    Kept {
        text: Zeroizing::new(text.to_owned()),
        codename,
        answerable: true,
        returns: false,
        receipt: true,
        pass: Zeroizing::new("\"<12345>".to_owned()),
        continues: Some("token\"&".to_owned()),
        turn: ("1.2.3\"".to_owned(), 7),
    }
}

fn codename(lang: &Language) -> Codename {
    let list = if lang.dir == "rtl" { List::Persian } else { List::English };
    Codename::draw(list, |bytes| bytes.copy_from_slice(&[3; 16]))
}

fn visited(lang: &'static Language, words: &[&str]) -> String {
    let reply = |text: &&str| Reply {
        id: Hex([7; 16]),
        at: 1_764_000_000,
        text: Zeroizing::new((*text).to_owned()),
    };
    let replies = words.iter().map(reply).collect();
    let (codename, removed) = (codename(lang), !words.is_empty());
    let visit_ = Visit { codename: &codename, replies, removed, passes: true, days: 30 };
    visit(&site(), lang, &visit_).into_string()
}

fn mistaken(lang: &'static Language, typed: &str) -> String {
    let mistake = Codename::read(typed).unwrap_err();
    door(&site(), lang, &Door { typed, mistake: Some(&mistake) }).into_string()
}

fn blank(lang: &'static Language) -> String {
    let page = Form::new(&site(), lang, &Hex([9; 32]), true).page(&codename(lang), false);
    String::from_utf8(page).unwrap()
}

fn refusal(lang: &'static Language, problem: Problem) -> String {
    refused(&site(), lang, (problem, true), &kept(WROTE, Some(codename(lang)))).into_string()
}

fn whole(lang: &'static Language) -> String {
    received((&site(), true), lang, &arrival(&[FileFate::Sealed; 3], None)).into_string()
}

fn part(lang: &'static Language, problem: Problem) -> String {
    received((&site(), true), lang, &arrival(&FATES, Some(problem))).into_string()
}

#[test]
fn the_page_made_once_is_the_page_made_each_time() {
    for lang in langs() {
        let thanks = Thanks::new(&site(), lang);
        let words = arrival(&[], None);
        let made = String::from_utf8(thanks.page(&words, false).unwrap()).unwrap();
        assert_eq!(made, received((&site(), true), lang, &words).into_string());
        let others = [
            arrival(&[FileFate::Sealed], None),
            arrival(&[], Some(Problem::Malformed)),
            Arrival { text: false, ..arrival(&[], None) },
        ];
        assert!(others.iter().all(|arrival| thanks.page(arrival, true).is_none()));
    }
}

/// Every page there is, in one language.
fn pages(lang: &'static Language) -> Vec<String> {
    let mut all =
        vec![blank(lang), whole(lang), visited(lang, &[]), visited(lang, &["یک\nدو", "<b>"])];
    all.push(door(&site(), lang, &Door::default()).into_string());
    all.push(mistaken(lang, "</textarea><script>"));
    all.push(mistaken(lang, "one two three four five six seven zzzz"));
    for answerable in [Answerable::By(codename(lang)), Answerable::Misread, Answerable::Busy] {
        let arrival = Arrival { answerable, ..arrival(&[], None) };
        all.push(received((&site(), true), lang, &arrival).into_string());
    }
    for given in [Given::Failed, Given::Code("1234-5678".to_owned(), 59)] {
        all.push(
            received((&site(), true), lang, &Arrival { given, ..arrival(&[], None) }).into_string(),
        );
    }
    all.push(receipt(&site(), lang, None).into_string());
    let proofs = "c2sp.org/tlog-proof@v1\n<b>".to_owned();
    for checked in [
        Checked::Misread,
        Checked::Never,
        Checked::Unknown,
        Checked::Waits(5),
        Checked::In(proofs, 3),
    ] {
        let typed = Some(("</textarea><script>", &checked));
        all.push(receipt(&site(), lang, typed).into_string());
    }
    for problem in PROBLEMS {
        all.push(refusal(lang, problem));
        all.push(part(lang, problem));
        all.push(message(&site(), lang, problem).into_string());
    }
    all
}

fn on_every_page(check: impl Fn(&str, &'static Language)) {
    for lang in langs() {
        pages(lang).iter().for_each(|page| check(page, lang));
    }
}

/// The page without its style.
fn unstyled(page: &str) -> String {
    page.replacen(STYLE, "", 1)
}

/// The insides of every tag of a page.
fn tags(page: &str) -> Vec<String> {
    let inside = |piece: &str| piece.split('>').next().unwrap_or_default().to_owned();
    unstyled(page).split('<').skip(1).map(inside).collect()
}

/// What stands between the tags.
fn shown(page: &str) -> String {
    let after = |piece: &str| piece.split_once('>').map_or("", |(_, text)| text).to_owned();
    // What is for programs is in nobody's language.
    let pieces = unstyled(page);
    pieces.split('<').filter(|piece| !piece.starts_with("pre ")).map(after).collect()
}

/// The value of each attribute `name` of a page.
fn attributes(page: &str, name: &str) -> Vec<String> {
    let opening = format!(" {name}=\"");
    let value = |tag: &String| Some(tag.split_once(&opening)?.1.split('"').next()?.to_owned());
    tags(page).iter().filter_map(value).collect()
}

fn place(page: &str, needle: &str) -> usize {
    page.find(needle).unwrap_or_else(|| panic!("{needle} is missing"))
}

#[test]
fn sizes() {
    for lang in langs() {
        // 13 KB are promised of the page as it is sent: it is this before it is compressed.
        assert!(blank(lang).len() < 14 * 1024, "{}", blank(lang).len());
        assert!(whole(lang).len() < 12 * 1024, "{}", whole(lang).len());
    }
    on_every_page(|page, _| assert!(page.len() < 14 * 1024, "{}", page.len()));
}

#[test]
fn one_style_one_pinned_script_and_nothing_else_that_runs_or_is_fetched() {
    on_every_page(|page, _| {
        let tag = super::script::tag().into_string();
        assert!(tag.contains(" integrity=\"sha384-") && tag.ends_with(" defer></script>"));
        // Where there is a form to take over, and nowhere else.
        let taken = ["data-seal", "data-door", "data-check"].iter().any(|form| page.contains(form));
        assert_eq!(page.contains(&tag), taken);
        let page = &*page.replacen(&tag, "", 1);
        assert!(page.contains(&format!("<style>{STYLE}</style>")));
        for tag in tags(page) {
            let name = tag.split([' ', '/']).next().unwrap_or_default();
            assert!(!["script", "svg", "img", "iframe", "object", "math"].contains(&name));
            assert!(!tag.contains(" style="), "{tag}");
            assert!(!tag.contains(" on"), "{tag}");
        }
    });
    for foreign in ["url(", "@import", "@font-face", "letter-spacing", "left", "right"] {
        assert!(!STYLE.contains(foreign), "{foreign}");
    }
}

#[test]
fn only_the_exit_leads_away() {
    on_every_page(|page, _| {
        let own = page.replacen(&EXIT.replace('&', "&amp;"), "", 1);
        assert!(!own.contains("://"));
        let links = attributes(&own, "href");
        let mut own: Vec<String> = langs().map(|lang| format!("/{}/", lang.code)).collect();
        for page in ["answers", "offline.html", "carry", "receipt"] {
            own.extend(langs().map(|lang| format!("/{}/{page}", lang.code)));
        }
        own.extend(
            ["", "data:,", "#main", "#text", "#files", "#codename", "#pass"].map(str::to_owned),
        );
        assert!(links.iter().all(|link| own.contains(link)));
    });
}

#[test]
fn the_way_out_comes_first() {
    on_every_page(|page, _| {
        let body = &page[place(page, "<body>")..];
        let first = &body[place(body, " href=")..];
        assert!(first.starts_with(" href=\"https://exit.example/?q=news&amp;lang=fa\""));
        assert!(first.contains("rel=\"noreferrer noopener\""));
        assert!(place(body, "class=\"exit\"") < place(body, "class=\"skip\""));
    });
}

#[test]
fn what_a_source_or_an_operator_wrote_is_escaped() {
    on_every_page(|page, lang| {
        let own = page.replacen(&super::script::tag().into_string(), "", 1);
        assert!(!own.contains("<script"));
        assert!(!page.contains("<Examples>"));
        let name = match lang.dir {
            "rtl" => "<bdi>کنگره‌ی «نمونه» &amp; یاران</bdi>",
            _ => "<bdi>Congress of &lt;Examples&gt;</bdi>",
        };
        assert!(page.contains(name));
    });
    for lang in langs() {
        let page = refusal(lang, Problem::TextTooLong);
        assert_eq!(page.matches("</textarea>").count(), 1);
        assert!(page.contains(">\n&lt;/textarea&gt;&lt;script&gt;"));
    }
}

#[test]
fn kept_text_keeps_its_first_line_feed() {
    let page =
        refused(&site(), en(), (Problem::Busy, true), &kept("\n\nwords", None)).into_string();
    assert!(page.contains(">\n\n\nwords</textarea>"));
}

#[test]
fn every_word_is_there() {
    on_every_page(|page, _| {
        let content = unstyled(page);
        for hole in ["<p></p>", "<h1></h1>", "<h2></h2>", "<a></a>", "<b></b>", "></a>", "{"] {
            assert!(!content.contains(hole), "{hole}");
        }
        assert!(!content.contains(".."), "a doubled full stop");
    });
}

#[test]
fn every_problem_says_what_and_what_to_do() {
    for lang in langs() {
        for problem in PROBLEMS {
            let said = lang.words.problem(problem);
            assert!(!said.what.ends_with(['.', '؟', '؛']), "{}", said.what);
            assert!(said.act.ends_with('.'), "{}", said.act);
        }
    }
}

#[test]
fn persian_is_persian() {
    for page in pages(fa()) {
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;"];
        let text = entities.iter().fold(shown(&page), |t, e| t.replace(e, ""));
        // What the others call themselves.
        let text = langs().fold(text, |text, lang| text.replace(lang.name, ""));
        assert!(!text.contains(|c: char| c.is_ascii_digit()), "{text}");
        assert!(!text.contains(['ي', 'ك', ',', '?', ';']), "{text}");
        assert!(![" می ", " نمی ", " ها"].iter().any(|gap| text.contains(gap)));
        assert!(page.contains("<html lang=\"fa\" dir=\"rtl\">"));
    }
    assert!(whole(fa()).contains("<bdi dir=\"ltr\">۴۸۲-۹۱۷-۳۰۵</bdi>"));
}

#[test]
fn every_language_writes_its_own_digits() {
    for lang in langs().filter(|lang| lang.dir == "rtl") {
        let own: Vec<char> = lang.localize("0123456789").chars().collect();
        for page in pages(lang) {
            let shown = shown(&page);
            let other = shown.chars().find(|c| c.is_numeric() && !own.contains(c));
            assert_eq!(other, None, "{} {shown}", lang.code);
            assert!(page.contains(&format!("<html lang=\"{}\" dir=\"rtl\">", lang.code)));
        }
    }
    assert!(langs().count() >= 4, "Arabic and Sorani Kurdish are there");
}

#[test]
fn fields_stand_in_the_order_they_are_sealed() {
    for lang in langs() {
        for page in [refusal(lang, Problem::Busy), part(lang, Problem::TooSlow)] {
            let names = attributes(&page[place(&page, "<form")..], "name");
            let more = if page.contains("name=\"pass\"") {
                &["receipt", "pass"][..]
            } else {
                &["receipt"]
            };
            let asked = if page.contains("name=\"codename\"") {
                &["codename", "answerable"][..]
            } else {
                &[]
            };
            let turn = if page.contains("name=\"turn\"") { &["turn"][..] } else { &[] };
            assert_eq!(names, [&["continues"], turn, &["text"], asked, more, &["files"]].concat());
            assert!(page.contains("name=\"continues\" value=\"token&quot;&amp;\""));
        }
        let page = blank(lang);
        let names = attributes(&page[place(&page, "<form")..], "name");
        assert_eq!(names, ["text", "codename", "answerable", "receipt", "pass", "files"]);
        assert!(page.contains(&format!("method=\"post\" action=\"/{}/\"", lang.code)));
        assert!(page.contains("enctype=\"multipart/form-data\" accept-charset=\"utf-8\""));
        assert!(!page.contains(" required"));
    }
}

#[test]
fn labels_hints_and_links_find_their_targets() {
    on_every_page(|page, _| {
        let ids = attributes(page, "id");
        let mut named: Vec<String> = attributes(page, "for");
        named.extend(attributes(page, "aria-labelledby"));
        for list in attributes(page, "aria-describedby") {
            named.extend(list.split(' ').map(str::to_owned));
        }
        let here = |link: String| link.strip_prefix('#').map(str::to_owned);
        named.extend(attributes(page, "href").into_iter().filter_map(here));
        assert!(named.iter().all(|id| ids.contains(id)), "{named:?} {ids:?}");
        assert_eq!(page.matches("<h1").count(), 1);
    });
}

#[test]
fn a_problem_of_a_field_stands_beside_it() {
    let table = [
        (Problem::Empty, "text"),
        (Problem::TextTooLong, "text"),
        (Problem::TooManyFiles, "files"),
        (Problem::FileTooLarge, "files"),
        (Problem::TooMuch, "files"),
    ];
    for (problem, field) in table {
        let page = refusal(en(), problem);
        assert!(page.contains(&format!("id=\"{field}-error\"")));
        assert!(page.contains(&format!("<a href=\"#{field}\">")));
        assert_eq!(page.matches("aria-invalid=\"true\"").count(), 1);
    }
    assert!(!refusal(en(), Problem::Busy).contains("aria-invalid=\""));
}

#[test]
fn a_whole_submission_needs_no_form_and_a_part_does() {
    for lang in langs() {
        assert!(!whole(lang).contains("<form"));
        assert!(part(lang, Problem::TooSlow).contains("<form"));
        let cut = received((&site(), true), lang, &arrival(&[FileFate::Cut], None)).into_string();
        assert!(cut.contains("<form"));
    }
}

#[test]
fn each_file_is_told_apart_by_its_place() {
    let page = part(en(), Problem::TooSlow);
    for line in [
        "File 1</span> <b>arrived",
        "File 2</span> <b class=\"lost\">did not arrive whole",
        "File 3</span> <b class=\"lost\">did not arrive: over 2\u{a0}GB",
        "File 4</span> <b class=\"lost\">did not arrive<",
    ] {
        assert!(page.contains(line), "{line}");
    }
}

#[test]
fn the_other_language_is_offered_where_nothing_is_lost_by_going() {
    let persian = "href=\"/fa/\" lang=\"fa\" hreflang=\"fa\" dir=\"rtl\"";
    assert!(blank(en()).contains(persian));
    assert!(blank(fa()).contains("href=\"/en/\" lang=\"en\" hreflang=\"en\" dir=\"ltr\""));
    assert!(!refusal(en(), Problem::Busy).contains("hreflang"));
    assert!(!whole(en()).contains("hreflang"));
}

#[test]
fn files_are_to_be_chosen_again_only_where_some_may_have_been() {
    for lang in langs() {
        let again = lang.words.choose_again;
        assert!(!refusal(lang, Problem::Empty).contains(again));
        assert!(refusal(lang, Problem::FileTooLarge).contains(again));
    }
}
