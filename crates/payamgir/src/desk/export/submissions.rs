//! What sources sent, a folder for each submission.

use std::io;

use payamgir_desk::office::{Came, Office, Piece, Shown, View, What};
use payamgir_text::filename;
use serde_json::{Value, json};

use super::{Out, Sink};
use crate::desk::room;

/// Writes a conversation's submissions; gives how many attachments are not on this machine.
pub(super) fn conversation(
    out: &mut Out<impl Sink>,
    office: &Office,
    view: &View,
) -> io::Result<u64> {
    let mut absent = 0;
    for piece in &view.pieces {
        if let Piece::Submission(came) = piece {
            absent += submission(out, office, view, came)?;
        }
    }
    Ok(absent)
}

fn submission(
    out: &mut Out<impl Sink>,
    office: &Office,
    view: &View,
    came: &Came,
) -> io::Result<u64> {
    let folder = format!("submissions/{:06}", came.number);
    let (mut parts, mut absent) = (vec![], 0);
    for shown in &came.parts {
        let mut part = version(out, office, &folder, (shown, ""), &mut absent)?;
        let mut earlier = vec![];
        for old in &shown.before {
            let mark = format!("earlier-{}-", old.record);
            earlier.push(version(out, office, &folder, (old, &mark), &mut absent)?);
        }
        part["earlier"] = earlier.into();
        parts.push(part);
    }
    let whole = json!({
        "number": came.number,
        "conversation": view.number,
        "key": office.key_of(view.number),
        "alias": view.alias,
        "reference": payamgir_wire::reference(&came.group),
        "arrived": came.arrived,
        "channel": came.channel,
        "labels": view.case.labels,
        "deletion_asked": !came.deletion.is_empty(),
        "parts": parts,
    });
    out.bytes(&format!("{folder}/submission.json"), format!("{whole:#}\n").as_bytes())?;
    Ok(absent)
}

/// Writes one version of a part, and tells of it.
fn version(
    out: &mut Out<impl Sink>,
    office: &Office,
    folder: &str,
    (shown, mark): (&Shown, &str),
    absent: &mut u64,
) -> io::Result<Value> {
    let start = format!("{:02}-{mark}", shown.place);
    let (name, kind) = match &shown.what {
        What::Text(text) => {
            let name = format!("{}.txt", start.trim_end_matches('-'));
            out.bytes(&format!("{folder}/{name}"), text.as_bytes())?;
            (Some(name), "text")
        }
        What::Attachment(attachment) => {
            let name = format!("{start}{}", filename::safe(&attachment.name, "attachment"));
            let blob = office.blob(shown.record).map_err(io::Error::other)?;
            *absent += u64::from(blob.is_none());
            let here = blob.is_some();
            if let Some((_, blob)) = blob {
                let mut whole = room::Whole::new(blob);
                out.file(&format!("{folder}/{name}"), attachment.size, &mut whole)?;
            }
            (here.then_some(name), "attachment")
        }
        What::Unreadable(_) => {
            let raw = office.unreadable(shown.record).map_err(io::Error::other)?;
            let name = raw.is_some().then(|| format!("{start}unreadable.bin"));
            if let (Some(raw), Some(name)) = (raw, &name) {
                out.bytes(&format!("{folder}/{name}"), &raw)?;
            }
            (name, "unreadable")
        }
        What::Unknown => (None, "unknown"),
    };
    let hidden = shown.redaction.as_ref().map(|redaction| &redaction.spans);
    Ok(json!({
        "record": shown.record, "place": shown.place, "arrived": shown.arrived, "kind": kind,
        "file": name, "redacted": hidden,
    }))
}
