//! Memory that a worker thread shares with the engine, for the input of calls. Allocating memory for every
//! call would take longer than many functions.

#![allow(unsafe_code)]

use super::batch::Input;
use napi::bindgen_prelude::Uint8Array;
use std::sync::Arc;

/// The most that coalesced rows take: see `rewrite/coalesce.rs`. The operating system allocates pages when
/// they are used.
const BYTES: usize = 16 << 20;

pub struct SharedMemory {
    start: *mut u8,
    _memory: Vec<u64>,
}

// SAFETY: one thread uses it at a time. The caller that holds the worker writes first, then calls the worker,
// which reads.
unsafe impl Send for SharedMemory {}
unsafe impl Sync for SharedMemory {}

impl SharedMemory {
    pub fn new() -> Arc<Self> {
        let mut memory = vec![0; BYTES / 8];
        Arc::new(Self {
            start: memory.as_mut_ptr().cast(),
            _memory: memory,
        })
    }

    /// The same memory as a JavaScript array.
    pub fn view(self: &Arc<Self>) -> Uint8Array {
        let owner = self.clone();
        // SAFETY: a vector that never grows keeps its address, and JavaScript holds a reference to its owner
        // until the view is collected.
        unsafe { Uint8Array::with_external_data(self.start, BYTES, move |_, _| drop(owner)) }
    }

    /// Writes the input of a call. Returns `None` if it fits in this memory, otherwise a new array.
    pub fn put(&self, input: &Input) -> Option<Uint8Array> {
        if input.length() > BYTES {
            let mut block = vec![0; input.length()];
            input.write(&mut block);
            return Some(block.into());
        }
        // SAFETY: the memory has this length, only one caller holds the worker, and the worker reads only
        // after it is called.
        let block = unsafe { std::slice::from_raw_parts_mut(self.start, BYTES) };
        input.write(block);
        None
    }
}
