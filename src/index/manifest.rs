//! What `meta.json` says beyond the engine's own: the size and checksum of every file, and its own checksum.
//!
//! The engine checks no file when it opens one and cannot tell a whole `meta.json` from a damaged one. So
//! two keys are added to it on the way to the disk, which the engine ignores when it reads: `files`, and as
//! the last key `checksum`, the CRC-32 of every byte before it. A commit thus vouches for every byte it
//! needs, footers included, and a missing or truncated file is found without reading any.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The file that makes a commit.
pub(crate) const META: &str = "meta.json";

/// A copy of [`META`], for repair.
pub(crate) const META_COPY: &str = ".meta.json.copy";

/// What a file must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    /// In bytes.
    pub(crate) len: u64,
    /// CRC-32 of all of it.
    pub(crate) crc: u32,
}

/// The files of one commit, by name.
pub(crate) type Manifest = BTreeMap<String, FileRecord>;

/// What is read of `meta.json` without the engine.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Meta {
    pub(crate) segments: Vec<SegmentEntry>,
    #[serde(default)]
    pub(crate) payload: Option<String>,
    #[serde(default)]
    pub(crate) files: Manifest,
}

/// One segment of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SegmentEntry {
    pub(crate) segment_id: String,
    /// Paragraphs in it, the deleted ones included.
    pub(crate) max_doc: u32,
    pub(crate) deletes: Option<Deletes>,
}

/// What was deleted from a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deletes {
    pub(crate) num_deleted_docs: u32,
    pub(crate) opstamp: u64,
}

impl SegmentEntry {
    /// How the names of its files begin.
    pub(crate) fn stem(&self) -> String {
        self.segment_id.replace('-', "")
    }

    /// Whether a file belongs to the segment as it is in this commit.
    pub(crate) fn owns(&self, name: &str) -> bool {
        let Some(extension) = name.strip_prefix(&self.stem()).and_then(|rest| rest.strip_prefix('.')) else {
            return false;
        };
        match extension.strip_suffix(".del") {
            Some(opstamp) => self.deletes.as_ref().is_some_and(|deletes| opstamp == deletes.opstamp.to_string()),
            None => extension != "store.temp",
        }
    }
}

/// Whether a name is that of a segment's file: 32 hexadecimal digits, a dot, more.
pub(crate) fn is_segment_file(name: &str) -> bool {
    name.split_once('.').is_some_and(|(stem, _)| stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

const CHECKSUM_KEY: &str = ",\n  \"checksum\": \"";
const CHECKSUM_END: &str = "\"\n}\n";
const CHECKSUM_DIGITS: usize = 8;

/// The bytes of `meta.json` from those that the engine wrote, with a payload where it wrote none.
pub(crate) fn seal(engine: &[u8], files: &Manifest, payload: Option<&str>) -> serde_json::Result<Vec<u8>> {
    let open = engine.trim_ascii_end();
    let mut sealed = open.strip_suffix(b"}").unwrap_or(open).trim_ascii_end().to_vec();
    if let Some(payload) = payload {
        sealed.extend_from_slice(b",\n  \"payload\": ");
        serde_json::to_writer(&mut sealed, payload)?;
    }
    sealed.extend_from_slice(b",\n  \"files\": ");
    serde_json::to_writer(&mut sealed, files)?;
    let crc = crc32fast::hash(&sealed);
    sealed.extend_from_slice(format!("{CHECKSUM_KEY}{crc:08x}{CHECKSUM_END}").as_bytes());
    Ok(sealed)
}

/// Why a `meta.json` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unsealed {
    /// It ends in no checksum, but it is one that the engine could read: another program wrote it.
    Foreign,
    /// It is not as it was written.
    Damaged(String),
}

/// Reads a `meta.json` and checks its checksum.
pub(crate) fn unseal(bytes: &[u8]) -> Result<Meta, Unsealed> {
    let damaged = |reason: &str| Err(Unsealed::Damaged(reason.to_owned()));
    let tail = CHECKSUM_KEY.len() + CHECKSUM_DIGITS + CHECKSUM_END.len();
    let sealed = bytes
        .len()
        .checked_sub(tail)
        .map(|at| bytes.split_at(at))
        .filter(|(_, tail)| tail.starts_with(CHECKSUM_KEY.as_bytes()) && tail.ends_with(CHECKSUM_END.as_bytes()));
    let Some((body, tail)) = sealed else {
        let foreign = serde_json::from_slice::<serde_json::Map<_, serde_json::Value>>(bytes)
            .is_ok_and(|keys| !keys.contains_key("checksum") && !keys.contains_key("files"));
        return if foreign { Err(Unsealed::Foreign) } else { damaged("expected a checksum at its end") };
    };
    let digits = &tail[CHECKSUM_KEY.len()..][..CHECKSUM_DIGITS];
    if format!("{:08x}", crc32fast::hash(body)).as_bytes() != digits {
        return damaged("its checksum does not fit");
    }
    serde_json::from_slice(bytes).or_else(|error| damaged(&format!("not the JSON expected: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_back_and_every_flipped_byte_is_noticed() -> serde_json::Result<()> {
        let files = Manifest::from([("a.idx".to_owned(), FileRecord { len: 3, crc: 9 })]);
        let engine = b"{\n  \"segments\": [],\n  \"payload\": \"p\"\n}\n";
        let sealed = seal(engine, &files, None)?;
        let meta = unseal(&sealed).expect("what was just sealed");
        assert_eq!((meta.files, meta.payload.as_deref()), (files, Some("p")));
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut flipped = sealed.clone();
                flipped[at] ^= 1 << bit;
                assert!(matches!(unseal(&flipped), Err(Unsealed::Damaged(_))), "byte {at}, bit {bit}");
            }
            assert!(unseal(&sealed[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(unseal(engine).err(), Some(Unsealed::Foreign));
        Ok(())
    }

    #[test]
    fn a_segment_knows_its_files() {
        let segment = SegmentEntry {
            segment_id: "0123abcd-0123-abcd-0123-abcd0123abcd".to_owned(),
            max_doc: 5,
            deletes: Some(Deletes { num_deleted_docs: 2, opstamp: 17 }),
        };
        let owns = |extension: &str| segment.owns(&format!("0123abcd0123abcd0123abcd0123abcd.{extension}"));
        assert!(owns("idx") && owns("17.del") && owns("own"));
        assert!(!owns("16.del") && !owns("store.temp") && !segment.owns("fedc.idx"));
        assert!(is_segment_file("0123abcd0123abcd0123abcd0123abcd.idx"));
        assert!(!is_segment_file("meta.json") && !is_segment_file(".lock"));
    }
}
