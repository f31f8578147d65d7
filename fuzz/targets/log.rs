//! Records, checkpoints, log keys and proofs from anywhere.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use payamgir_log::{
    Code, Hash, LogKey, Proof, Record, Verifier, check_consistency, check_inclusion, check_receipt,
    note_in,
};

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let key = LogKey::generate("fuzz", &[1; 32]).unwrap();
    LogKey::parse(&key).unwrap().verifier()
});

fuzz_target!(|data: &[u8]| {
    if let Some(record) = Record::decode(data) {
        assert_eq!(record.encode(), data);
    }
    let _ = VERIFIER.open(data);
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = (Verifier::parse(text), LogKey::parse(text));
        if let Some(proof) = Proof::parse(text) {
            assert_eq!(proof.to_string(), text);
        }
        assert!(check_receipt(Code::new([0; 16]), text, &VERIFIER).is_err());
        let _ = note_in(text);
    }
    let (numbers, hashes) = data.split_at(data.len().min(24));
    let number = |at: usize| numbers.get(at).map_or(0, |byte| u64::from(*byte));
    let proof: Vec<Hash> = hashes.as_chunks::<32>().0.iter().map(|hash| Hash(*hash)).collect();
    let root = proof.first().copied().unwrap_or_default();
    let _ = check_inclusion(&proof, number(0) << number(1).min(63), root, number(2), root);
    let _ = check_consistency(&proof, number(3) << number(4).min(63), root, number(5), root);
});
