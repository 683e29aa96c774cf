//! Memory in which a worker finds what it is called with: new memory for every call would cost more
//! than many functions.

#![allow(unsafe_code)]

use super::batch::Input;
use napi::bindgen_prelude::Uint8Array;
use std::sync::Arc;

/// What rows that are gathered take at most: see `gather.rs`. The system gives pages as they are used.
const BYTES: usize = 16 << 20;

pub struct Room {
    start: *mut u8,
    _memory: Vec<u64>,
}

// SAFETY: who holds the worker writes to it, and then the worker reads.
unsafe impl Send for Room {}
unsafe impl Sync for Room {}

impl Room {
    pub fn new() -> Arc<Self> {
        let mut memory = vec![0; BYTES / 8];
        Arc::new(Self {
            start: memory.as_mut_ptr().cast(),
            _memory: memory,
        })
    }

    /// The same memory, as JavaScript sees it.
    pub fn view(self: &Arc<Self>) -> Uint8Array {
        let owner = self.clone();
        // SAFETY: it stays where it is until its last owner is gone.
        unsafe { Uint8Array::with_external_data(self.start, BYTES, move |_, _| drop(owner)) }
    }

    /// `None`: it is in the room.
    pub fn put(&self, input: &Input) -> Option<Uint8Array> {
        if input.length() > BYTES {
            let mut block = vec![0; input.length()];
            input.write(&mut block);
            return Some(block.into());
        }
        // SAFETY: the worker does not read before it is called, and only one holds it.
        let block = unsafe { std::slice::from_raw_parts_mut(self.start, BYTES) };
        input.write(block);
        None
    }
}
