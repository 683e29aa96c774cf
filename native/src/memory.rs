//! Returns freed memory to the operating system.
//!
//! glibc keeps free memory in its arenas, and many threads have one here: gigabytes after a large result,
//! nine tenths of the process after TPC-H. Returning memory takes time and causes page faults later. So it
//! happens when the process is idle, and from time to time if it never is.

#![allow(unsafe_code)]

use std::thread;
use std::time::{Duration, Instant};

/// How often the memory is checked.
const PAUSE: Duration = Duration::from_secs(1);
/// A process that used less CPU time than this during a pause is idle.
const IDLE: Duration = Duration::from_millis(100);
/// How many idle pauses in a row are needed. The next query may come soon, and page faults take a quarter of
/// the time of a large result.
const CALM: u32 = 5;
/// While the process stays idle, memory is returned again after so many pauses.
const AGAIN: u32 = 30;
/// The interval for a process that is never idle.
const BUSY: Duration = Duration::from_secs(30);
/// Less growth than this is ignored.
const GROWTH: usize = 32 << 20;

/// Starts the background thread. It does not keep the process alive.
pub fn watch() {
    let builder = thread::Builder::new().name("memory".into()).stack_size(64 << 10);
    let _ = builder.spawn(run);
}

fn run() {
    let mut least = resident();
    let mut kept = least;
    let mut used = processor_time();
    let mut returned = Instant::now();
    let mut calm = 0;
    loop {
        thread::sleep(PAUSE);
        let before = std::mem::replace(&mut used, processor_time());
        calm = if used.saturating_sub(before) < IDLE {
            calm + 1
        } else {
            0
        };
        let now = resident();
        (least, kept) = (least.min(now), kept.min(now));
        // What was in use when memory was last returned may be free now, so idle processes compare with the least ever.
        let idle = calm % AGAIN == CALM && now >= least + GROWTH;
        let busy = returned.elapsed() > BUSY && now >= kept + GROWTH;
        if !idle && !busy {
            continue;
        }
        // SAFETY: it takes the locks of the arenas, like any allocation.
        unsafe { libc::malloc_trim(0) };
        kept = resident();
        returned = Instant::now();
    }
}

/// The resident memory of the process, in bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    // SAFETY: it only reads a constant.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    pages.unwrap_or(0) * usize::try_from(page).unwrap_or(0)
}

fn processor_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it writes only to the given struct.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
