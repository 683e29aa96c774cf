//! Hashes of blobs. The id of a blob says what is in it, so nobody can pass off other files under the id.

use super::blob::Kind;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use tonic::codegen::Bytes;
use uuid::Uuid;

/// Less than this is hashed faster by one thread.
const ALONE: usize = 32 << 20;

/// The hash of a blob: SHA-256 of the hashes of its files, in hexadecimal. `src/udf/define.ts` computes the same.
#[derive(Default)]
pub struct ContentHash(Sha256);

impl ContentHash {
    pub fn add(&mut self, file: Sha256) {
        self.0.update(hex(file));
    }

    pub fn finish(self) -> String {
        hex(self.0)
    }
}

/// The hash of files.
pub fn hash(files: &[Bytes]) -> String {
    let bytes: usize = files.iter().map(Bytes::len).sum();
    let threads = match bytes < ALONE {
        true => 1,
        false => std::thread::available_parallelism().map_or(1, usize::from).min(4),
    };
    let hashes = |files: &[Bytes]| -> Vec<Sha256> { files.iter().map(Sha256::new_with_prefix).collect() };
    // This thread takes the first part, which is everything if there is no other thread.
    let each = files.len().div_ceil(threads).max(1);
    let (first, others) = files.split_at(each.min(files.len()));
    let mut whole = ContentHash::default();
    std::thread::scope(|scope| {
        let others: Vec<_> = others
            .chunks(each)
            .map(|part| scope.spawn(move || hashes(part)))
            .collect();
        hashes(first).into_iter().for_each(|file| whole.add(file));
        for part in others {
            let part = part.join().expect("hashing does not panic");
            part.into_iter().for_each(|file| whole.add(file));
        }
    });
    whole.finish()
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An id for a table. It begins with a random part, so that two sessions never share a table.
pub fn table_id(files: &[Bytes]) -> String {
    format!("{}-{}", Uuid::new_v4().simple(), hash(files))
}

/// Whether files with the hash may have the id.
pub fn is_id_of(id: &str, kind: Kind, hash: &str) -> bool {
    match kind {
        Kind::Code => id == hash,
        Kind::Table => id.split_once('-').is_some_and(|(random, rest)| {
            random.len() == 32 && Uuid::try_parse(random).is_ok() && rest == hash
        }),
    }
}
