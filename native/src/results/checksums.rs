//! Checksums of the files in an executor's work folder, each in a file of its own beside the file. The engine's local
//! readers trust these files: damaged ones would be undefined behaviour.

use crate::damage::Damage;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A checksum is of so many bytes. Smaller ones would cost more calls, larger ones more reading for a small part.
const BLOCK: usize = 64 << 10;
const SUM: usize = 4;

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".crc");
    name.into()
}

/// Writes the checksums of a file that is complete.
pub fn write(path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    let (mut block, mut sums) = (Vec::with_capacity(BLOCK), Vec::new());
    while fill(&mut file, &mut block)? > 0 {
        sums.extend(crc32fast::hash(&block).to_le_bytes());
    }
    sums.extend(crc32fast::hash(&sums).to_le_bytes());
    fs::write(beside(path), sums)
}

/// Reads a block, which is shorter only at the end of the file.
fn fill(file: &mut File, block: &mut Vec<u8>) -> io::Result<usize> {
    block.clear();
    file.take(BLOCK as u64).read_to_end(block)
}

/// A file whose bytes are checked when they are read.
pub struct CheckedFile {
    file: File,
    path: PathBuf,
    sums: Vec<u8>,
    /// The position of the reader.
    at: u64,
    block: Vec<u8>,
    /// The number of the block in memory.
    loaded: Option<u64>,
}

impl CheckedFile {
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let mut sums = fs::read(beside(path)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => damaged(path, "its checksums are missing"),
            _ => error,
        })?;
        let last = sums.len().checked_sub(SUM).map(|at| sums.split_off(at));
        if last.is_none_or(|last| last != crc32fast::hash(&sums).to_le_bytes()) {
            return Err(damaged(path, "its checksums do not match"));
        }
        Ok(Self {
            file,
            path: path.to_owned(),
            sums,
            at: 0,
            block: Vec::new(),
            loaded: None,
        })
    }

    pub fn metadata(&self) -> io::Result<fs::Metadata> {
        self.file.metadata()
    }

    fn load(&mut self, number: u64) -> io::Result<()> {
        self.loaded = None;
        let at = number as usize * SUM;
        // A second time, because the disk or the memory may have failed only once.
        for _ in 0..2 {
            self.file.seek(SeekFrom::Start(number * BLOCK as u64))?;
            fill(&mut self.file, &mut self.block)?;
            if crc32fast::hash(&self.block).to_le_bytes() == self.sums[at..at + SUM] {
                self.loaded = Some(number);
                return Ok(());
            }
        }
        Err(damaged(&self.path, "its bytes are not those that were written"))
    }
}

impl Read for CheckedFile {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let number = self.at / BLOCK as u64;
        if number * SUM as u64 >= self.sums.len() as u64 {
            return Ok(0);
        }
        if self.loaded != Some(number) {
            self.load(number)?;
        }
        let start = (self.at % BLOCK as u64) as usize;
        let bytes = self.block.get(start..).unwrap_or_default();
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for CheckedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.at = at.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

fn damaged(path: &Path, what: &str) -> io::Error {
    let text = format!("{} is damaged: {what}", path.display());
    io::Error::new(ErrorKind::InvalidData, Damage(text))
}
