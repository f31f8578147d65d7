//! What the daemon is asked, and what its answers say.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Refused;
use crate::json::Look;
use crate::{Reason, Verdict};

/// A call, as a line.
pub fn call(id: u64, method: &str, mut params: Value, account: Option<&str>) -> Zeroizing<Vec<u8>> {
    if let Some(account) = account {
        params["account"] = account.into();
    }
    let id = id.to_string();
    let call = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let mut line = Zeroizing::new(serde_json::to_vec(&call).unwrap_or_default());
    line.push(b'\n');
    line
}

/// What `send` is told. A file goes with it inside the call, so that none lies about.
pub fn message(to: &str, text: &str, file: Option<(&str, &[u8])>) -> Value {
    let mut params = json!({ "recipient": [to], "message": text });
    if let Some((media_type, bytes)) = file {
        let base64 = data_encoding::BASE64.encode(bytes);
        params["attachment"] = json!([format!("data:{media_type};base64,{base64}")]);
    }
    params
}

/// What the answer to sending says.
pub fn judge(answer: &Result<Value, Refused>) -> Verdict {
    let refused = match answer {
        Ok(result) => return Verdict::Accepted(result.name("timestamp").unwrap_or_default()),
        Err(refused) => refused,
    };
    let response = refused.data.at("response");
    let results = response.map_or(&[][..], |response| response.all("results"));
    let code = u32::try_from(refused.code.abs()).ok();
    match (results.first().and_then(|result| result.text("type")), refused.code) {
        (Some("UNREGISTERED_FAILURE"), _) => Verdict::Refused(Reason::Gone, code),
        (Some("IDENTITY_FAILURE"), _) | (None, -4) => Verdict::Refused(Reason::Identity, code),
        (Some("RATE_LIMIT_FAILURE"), _) | (None, -5) => Verdict::Refused(Reason::Rate, code),
        (Some("NETWORK_FAILURE"), _) | (None, -3 | -32603) => Verdict::Unsure,
        (None, -32602 | -32601) => Verdict::Refused(Reason::Account, code),
        (Some(_), _) => Verdict::Refused(Reason::Other, code),
        (None, _) => Verdict::Refused(Reason::Form, code),
    }
}

/// The version that the daemon tells, as numbers.
pub fn version(result: &Value) -> Option<[u32; 3]> {
    let mut numbers = result.text("version")?.split('.').map(|part| {
        part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
    });
    Some([numbers.next()?, numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)])
}

/// The numbers that the daemon has accounts for.
pub fn accounts(result: &Value) -> Vec<String> {
    let all = result.as_array().map_or(&[][..], |all| &all[..]);
    all.iter().filter_map(|account| account.text("number")).map(str::to_owned).collect()
}
