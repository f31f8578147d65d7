//! The signal-cli stand-in behaves as documented, seen by a plain socket.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use payamgir_stage::clock::Clock;
use payamgir_stage::fault::Fault;
use payamgir_stage::signal::{ACCOUNT, Broken, Mode, Outcome, Receipt, Signal};
use serde_json::{Value, json};

const NOW: u64 = 1_795_300_000;
const ANNA: &str = "6f1a2b3c-0000-4000-8000-000000000001";
const BORIS: &str = "6f1a2b3c-0000-4000-8000-000000000002";

/// A daemon in a folder of its own, which goes with it.
struct Stage {
    signal: Signal,
    folder: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn stage(name: &str, mode: Mode) -> Stage {
    let folder = std::env::temp_dir().join(format!("stage-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let clock = Clock::default();
    clock.freeze(NOW);
    Stage { signal: Signal::start(&folder, clock, mode), folder }
}

/// One reader of the socket.
struct Client {
    reader: BufReader<UnixStream>,
    next: u64,
}

impl Client {
    fn new(signal: &Signal) -> Self {
        let before = signal.connections();
        let stream = UnixStream::connect(signal.socket()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        wait_for("it is connected", || signal.connections() > before);
        Self { reader: BufReader::new(stream), next: 0 }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.reader.get_mut().write_all(bytes).expect("written");
    }

    fn ask(&mut self, method: &str, params: Value) -> String {
        self.next += 1;
        let id = self.next.to_string();
        let call = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write(format!("{call}\n").as_bytes());
        id
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let line = self.line();
        assert_eq!(line["id"], json!(id), "{line}");
        line
    }

    fn ended(&mut self) -> bool {
        let mut rest = Vec::new();
        self.reader.read_to_end(&mut rest).is_ok() && rest.is_empty()
    }
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !done() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn times(envelopes: &[Value]) -> Vec<u64> {
    envelopes.iter().map(|one| one["timestamp"].as_u64().expect("a time")).collect()
}

#[test]
fn calls_are_answered_and_wrong_ones_refused() {
    let stage = stage("calls", Mode::OnConnection);
    let mut client = Client::new(&stage.signal);
    stage.signal.set_version("0.13.19");
    let version = client.call("version", Value::Null);
    let expected = json!({"jsonrpc": "2.0", "result": {"version": "0.13.19"}, "id": "1"});
    assert_eq!(version, expected);
    let accounts = client.call("listAccounts", json!({"nonsense": 1}));
    assert_eq!(accounts["result"], json!([{"number": ACCOUNT}]));
    assert_eq!(client.call("nope", json!({}))["error"]["code"], json!(-32601));
    let unknown = client.call("updateAccount", json!({"account": "+1"}));
    let text = "Specified account does not exist";
    assert_eq!(unknown["error"], json!({"code": -32602, "message": text, "data": null}));
    stage.signal.set_account(None);
    let none = client.call("send", json!({"recipient": ["+1"], "message": "x"}));
    assert_eq!(none["error"]["message"], json!("Method requires valid account parameter"));
    assert_eq!(client.call("listAccounts", json!({}))["result"], json!([]));
    for (bytes, code) in [
        (b"\xff\xfe garbage\n".as_slice(), -32700),
        (b"\n", -32700),
        (b"[1]\n", -32600),
        (b"{\"jsonrpc\":\"1.0\",\"id\":\"x\",\"method\":\"version\"}\n", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":\"x\"}\n", -32600),
    ] {
        client.write(bytes);
        assert_eq!(client.line()["error"]["code"], json!(code));
    }
}

#[test]
fn notifications_have_the_wrapper_of_their_mode() {
    let plain = stage("plain", Mode::OnConnection);
    let mut client = Client::new(&plain.signal);
    let time = plain.signal.inject_from(ANNA, json!({"message": "سلام"}));
    let line = client.line();
    assert_eq!(line["method"], json!("receive"));
    assert_eq!(line["params"]["account"], json!(ACCOUNT));
    let envelope = &line["params"]["envelope"];
    assert_eq!((&envelope["sourceNumber"], &envelope["sourceUuid"]), (&Value::Null, &json!(ANNA)));
    assert_eq!(envelope["dataMessage"]["timestamp"], json!(time));
    assert_eq!(envelope["dataMessage"]["message"], json!("سلام"));
    let manual = stage("manual", Mode::Manual);
    let mut client = Client::new(&manual.signal);
    let time = manual.signal.inject_from(ANNA, json!({"message": "kept"}));
    assert_eq!(times(&manual.signal.kept()), [time]);
    let subscription = client.call("subscribeReceive", json!({}))["result"].clone();
    let line = client.line();
    assert_eq!(line["params"]["subscription"], subscription);
    let envelope = &line["params"]["result"]["envelope"];
    assert_eq!(envelope["dataMessage"]["message"], json!("kept"));
    assert_eq!(times(&manual.signal.delivered()), [time]);
    client.call("unsubscribeReceive", json!({"subscription": subscription}));
    let time = manual.signal.inject_from(ANNA, json!({"message": "kept again"}));
    assert_eq!(times(&manual.signal.kept()), [time]);
}

#[test]
fn without_a_reader_a_mode_keeps_or_loses() {
    let on_start = stage("start", Mode::OnStart);
    let gone = on_start.signal.inject_from(ANNA, json!({"message": "gone"}));
    let mut client = Client::new(&on_start.signal);
    let came = on_start.signal.inject_from(ANNA, json!({"message": "came"}));
    assert_eq!(client.line()["params"]["envelope"]["timestamp"], json!(came));
    assert_eq!(times(&on_start.signal.lost()), [gone]);
    assert_eq!(times(&on_start.signal.delivered()), [came]);
    let kept = stage("kept", Mode::OnConnection);
    let first = kept.signal.inject_from(ANNA, json!({"message": "1"}));
    kept.signal.restart();
    let second = kept.signal.inject_from(BORIS, json!({"message": "2"}));
    let mut client = Client::new(&kept.signal);
    for time in [first, second] {
        assert_eq!(client.line()["params"]["envelope"]["timestamp"], json!(time));
    }
    let mut other = Client::new(&kept.signal);
    let both = kept.signal.inject_from(ANNA, json!({"message": "3"}));
    for client in [&mut client, &mut other] {
        assert_eq!(client.line()["params"]["envelope"]["timestamp"], json!(both));
    }
    assert_eq!(times(&kept.signal.delivered()), [first, second, both], "each once");
    assert_eq!(kept.signal.lost(), [Value::Null; 0]);
}

#[test]
fn answers_overtake_each_other_and_notifications_come_between() {
    let stage = stage("shuffle", Mode::OnConnection);
    let mut client = Client::new(&stage.signal);
    stage.signal.shuffle(true);
    let first = client.ask("version", json!({}));
    let second = client.ask("listAccounts", json!({}));
    assert_eq!(client.line()["id"], json!(second));
    assert_eq!(client.line()["id"], json!(first));
    stage.signal.shuffle(false);
    let time = stage.signal.inject_before_answer(json!({"typingMessage": {"action": "STARTED"}}));
    let id = client.ask("version", json!({}));
    assert_eq!(client.line()["params"]["envelope"]["timestamp"], json!(time));
    assert_eq!(client.line()["id"], json!(id));
}

#[test]
fn lines_come_in_pieces_together_and_long() {
    let stage = stage("lines", Mode::OnConnection);
    let mut client = Client::new(&stage.signal);
    stage.signal.dribble(true);
    stage.signal.inject_from(ANNA, json!({"message": "سلام"}));
    let mut some = [0; 400];
    let count = client.reader.get_mut().read(&mut some).expect("bytes");
    assert!(count < 100, "{count}");
    let mut rest = String::new();
    let mut bytes = some[..count].to_vec();
    client.reader.read_until(b'\n', &mut bytes).expect("the rest");
    rest.push_str(std::str::from_utf8(&bytes).expect("text"));
    assert!(rest.contains("سلام"));
    stage.signal.dribble(false);
    let message = |text: &str| json!({"sourceUuid": ANNA, "dataMessage": {"message": text}});
    let two = stage.signal.inject_together(vec![message("a"), message("b")]);
    for time in two {
        assert_eq!(client.line()["params"]["envelope"]["timestamp"], json!(time));
    }
    let long = "ب".repeat(5 << 19);
    stage.signal.inject_from(ANNA, json!({"message": long}));
    assert_eq!(client.line()["params"]["envelope"]["dataMessage"]["message"], json!(long));
    stage.signal.raw_line(b"\xff not JSON");
    let mut bytes = Vec::new();
    client.reader.read_until(b'\n', &mut bytes).expect("a line");
    assert_eq!(bytes, b"\xff not JSON\n");
}

#[test]
fn the_socket_can_go_stale_and_come_back() {
    let stage = stage("socket", Mode::OnConnection);
    let path = stage.signal.socket();
    let mut client = Client::new(&stage.signal);
    stage.signal.stop_leaving_socket();
    assert!(client.ended());
    assert!(path.exists() && UnixStream::connect(&path).is_err());
    stage.signal.restart();
    let mut client = Client::new(&stage.signal);
    stage.signal.faults().next("version", Fault::Hang(Duration::from_secs(1)));
    client.ask("version", json!({}));
    stage.signal.restart();
    assert!(client.ended(), "in the middle of a call");
    Client::new(&stage.signal).call("version", json!({}));
    stage.signal.stop();
    assert!(!path.exists());
}

#[test]
fn a_reader_that_goes_loses_what_was_handed_to_it() {
    let stage = stage("gone", Mode::OnConnection);
    let client = Client::new(&stage.signal);
    let big = "x".repeat(4 << 20);
    let first = stage.signal.inject_from(ANNA, json!({"message": big}));
    let second = stage.signal.inject_from(ANNA, json!({"message": "behind it"}));
    drop(client);
    wait_for("the connection has ended", || stage.signal.connections() == 0);
    wait_for("both are lost", || times(&stage.signal.lost()) == [first, second]);
    let third = stage.signal.inject_from(ANNA, json!({"message": "kept"}));
    assert_eq!(times(&stage.signal.kept()), [third]);
    assert_eq!(stage.signal.delivered(), [Value::Null; 0]);
}

#[test]
fn attachments_lie_in_the_folder_or_not() {
    let stage = stage("files", Mode::OnConnection);
    let mut client = Client::new(&stage.signal);
    let signal = &stage.signal;
    let whole = signal.attach(b"a picture", "image/jpeg", Some("../x.jpg"));
    let id = whole["id"].as_str().expect("an id");
    assert!(id.ends_with(".jpg") && whole["size"] == json!(9));
    assert_eq!(fs::read(signal.attachments().join(id)).expect("a file"), b"a picture");
    let got = client.call("getAttachment", json!({"id": id, "recipient": ANNA}));
    assert_eq!(got["result"]["data"], json!(BASE64.encode(b"a picture")));
    for (kind, left) in
        [(Broken::Truncated, Some(4)), (Broken::Empty, Some(0)), (Broken::Missing, None)]
    {
        let object = signal.attach_broken(kind, b"a picture", "image/jpeg", None);
        let path = signal.attachments().join(object["id"].as_str().expect("an id"));
        assert_eq!(fs::metadata(path).ok().map(|file| file.len()), left);
        assert_eq!(object["size"], json!(9));
    }
    let none = client.call("getAttachment", json!({"id": "no"}));
    assert_eq!(none["error"]["code"], json!(-1));
    assert_eq!(none["error"]["message"], json!("Could not find attachment with ID: no"));
}

#[test]
fn sends_are_kept_with_their_files() {
    let stage = stage("send", Mode::OnConnection);
    let mut client = Client::new(&stage.signal);
    let path = stage.folder.join("file");
    fs::write(&path, b"from a path").expect("a file");
    let data = format!("data:text/plain;filename=a.txt;base64,{}", BASE64.encode(b"from data"));
    let answer = client.call(
        "send",
        json!({"account": ACCOUNT, "recipients": [ANNA, "+15555550123"], "message": "hello",
               "atachment": "ignored", "attachments": [data, path]}),
    );
    let timestamp = answer["result"]["timestamp"].as_u64().expect("a time");
    let result = &answer["result"]["results"][0];
    let address = json!({"uuid": ANNA, "number": null, "username": null});
    assert_eq!(result, &json!({"recipientAddress": address, "type": "SUCCESS"}));
    let sent = stage.signal.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!((sent[0].recipient.as_str(), sent[0].text.as_str()), (ANNA, "hello"));
    assert_eq!(sent[0].attachments, [b"from data".to_vec(), b"from a path".to_vec()]);
    assert_eq!(sent[0].timestamp, timestamp);
    client.call("remoteDelete", json!({"recipient": ANNA, "targetTimestamp": timestamp}));
    let removed = stage.signal.removed();
    assert_eq!((removed[0].recipient.as_str(), removed[0].timestamp), (ANNA, timestamp));
    client.call("sendReceipt", json!({"recipient": ANNA, "targetTimestamp": [1], "type": "read"}));
    assert_eq!(stage.signal.calls()[2].0, "sendReceipt");
}

#[test]
fn sends_fail_as_documented() {
    let stage = stage("fail", Mode::OnConnection);
    let mut client = Client::new(&stage.signal);
    let wrong = [
        (json!({"message": "x"}), -1, "No recipients given"),
        (json!({"recipient": ANNA}), -1, "Sending empty message is not allowed, "),
        (json!({"recipient": "x", "message": "x"}), -1, "Invalid phone number 'x': No valid "),
        (
            json!({"recipient": ANNA, "attachment": "/nope.bin"}),
            -32603,
            "Failed to send message: /nope.bin: File not found (AttachmentInvalidException) (Unex",
        ),
    ];
    for (params, code, message) in wrong {
        let error = client.call("send", params)["error"].clone();
        assert_eq!(error["code"], json!(code));
        assert!(error["message"].as_str().expect("text").starts_with(message), "{error}");
    }
    let flood = Outcome::RateLimit { token: "t0ken".to_owned(), retry_after: 60 };
    let outcomes = vec![
        (Outcome::Unregistered, -1, "UNREGISTERED_FAILURE"),
        (Outcome::Network, -1, "NETWORK_FAILURE"),
        (Outcome::Identity, -4, "IDENTITY_FAILURE"),
        (flood, -5, "RATE_LIMIT_FAILURE"),
        (Outcome::InvalidPreKey, -1, "INVALID_PRE_KEY_FAILURE"),
    ];
    stage.signal.fail_send(outcomes.iter().map(|(outcome, _, _)| outcome.clone()).collect());
    stage.signal.fail_send(vec![Outcome::Error(-3, "IO".to_owned())]);
    let send = json!({"recipient": ANNA, "message": "x"});
    for (outcome, code, name) in outcomes {
        let error = client.call("send", send.clone())["error"].clone();
        let result = &error["data"]["response"]["results"][0];
        assert_eq!((&error["code"], &result["type"]), (&json!(code), &json!(name)));
        if matches!(outcome, Outcome::RateLimit { .. }) {
            assert_eq!(result["token"], json!("t0ken"));
            assert_eq!(result["retryAfterSeconds"], json!(60));
        }
    }
    let error = client.call("send", send.clone())["error"].clone();
    assert_eq!(error, json!({"code": -3, "message": "IO", "data": null}));
    assert_eq!(stage.signal.sent().len(), 0);
    client.call("send", send);
    assert_eq!(stage.signal.sent().len(), 1);
}

#[test]
fn faults_happen_before_or_after_the_deed() {
    let stage = stage("faults", Mode::OnConnection);
    let send = json!({"recipient": ANNA, "message": "x"});
    let ended = |fault| {
        stage.signal.faults().next("send", fault);
        let mut client = Client::new(&stage.signal);
        client.ask("send", send.clone());
        let mut rest = Vec::new();
        client.reader.read_to_end(&mut rest).expect("an end");
        drop(client);
        wait_for("nobody is connected", || stage.signal.connections() == 0);
        rest.len()
    };
    assert_eq!((ended(Fault::Close), stage.signal.sent().len()), (0, 0));
    assert_eq!((ended(Fault::DoneButClose), stage.signal.sent().len()), (0, 1));
    assert_eq!((ended(Fault::Cut(7)), stage.signal.sent().len()), (7, 2));
    let mut client = Client::new(&stage.signal);
    stage.signal.faults().next("send", Fault::DoneButStatus(500));
    assert_eq!(client.call("send", send.clone())["error"]["code"], json!(-32603));
    assert_eq!(stage.signal.sent().len(), 3);
    stage.signal.faults().next("send", Fault::Status(0, "broken".to_owned()));
    assert_eq!(client.call("send", send.clone())["error"]["message"], json!("broken"));
    assert_eq!(stage.signal.sent().len(), 3);
}

#[test]
fn other_envelopes_come_too() {
    let stage = stage("other", Mode::OnConnection);
    let mut client = Client::new(&stage.signal);
    let signal = &stage.signal;
    let first = signal.inject_from(ANNA, json!({"message": "a"}));
    let edit = json!({"targetSentTimestamp": first, "dataMessage": {"message": "b"}});
    let second = signal.inject_content(ANNA, "editMessage", edit);
    assert!(second > first);
    signal.receipts(ANNA, Receipt::Read, &[7, 8]);
    signal.inject_exception(ANNA, "UntrustedIdentityException", "changed");
    let same = json!({"timestamp": first, "message": "same time"});
    assert_eq!(signal.inject_from(BORIS, same), first);
    client.line();
    let edited = client.line();
    let inner = &edited["params"]["envelope"]["editMessage"]["dataMessage"];
    assert_eq!((&inner["message"], &inner["timestamp"]), (&json!("b"), &json!(second)));
    let receipt = client.line()["params"]["envelope"]["receiptMessage"].clone();
    assert_eq!((&receipt["isRead"], &receipt["isDelivery"]), (&json!(true), &json!(false)));
    assert_eq!(receipt["timestamps"], json!([7, 8]));
    let exception = client.line();
    let kind = &exception["params"]["exception"]["type"];
    assert_eq!(kind, &json!("UntrustedIdentityException"));
    assert!(exception["params"]["envelope"].get("dataMessage").is_none());
    assert_eq!(client.line()["params"]["envelope"]["sourceUuid"], json!(BORIS));
}
