//! A connection that breaks must not end the host.

use std::mem::MaybeUninit;
use std::ptr;

/// Holds SIGPIPE back in this thread while it exists, and drops one that came.
pub(crate) struct WithoutSigpipe {
    former: libc::sigset_t,
    was_pending: bool,
}

impl WithoutSigpipe {
    pub(crate) fn new() -> Self {
        let mut former = MaybeUninit::<libc::sigset_t>::zeroed();
        let was_pending = is_pending();
        // SAFETY: both sets are ours; SIG_BLOCK with a valid set does not fail.
        let former = unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, &sigpipe(), former.as_mut_ptr());
            former.assume_init()
        };
        Self { former, was_pending }
    }
}

impl Drop for WithoutSigpipe {
    fn drop(&mut self) {
        let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the sets are ours, and nothing is asked about the signal.
        unsafe {
            if is_pending() && !self.was_pending {
                libc::sigtimedwait(&sigpipe(), ptr::null_mut(), &now);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &self.former, ptr::null_mut());
        }
    }
}

/// Does something that may change how the process takes SIGPIPE, and takes that change back.
pub(crate) fn keeping_disposition<T>(act: impl FnOnce() -> T) -> T {
    let mut former = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: it reads the present disposition into a structure of ours.
    let is_read = unsafe { libc::sigaction(libc::SIGPIPE, ptr::null(), former.as_mut_ptr()) } == 0;
    let result = act();
    if is_read {
        // SAFETY: the structure was filled by the call above.
        unsafe { libc::sigaction(libc::SIGPIPE, former.as_ptr(), ptr::null_mut()) };
    }
    result
}

fn sigpipe() -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the set is ours, and SIGPIPE a signal.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE);
        set.assume_init()
    }
}

fn is_pending() -> bool {
    let mut pending = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the set is ours.
    unsafe {
        libc::sigpending(pending.as_mut_ptr()) == 0 && libc::sigismember(pending.as_ptr(), libc::SIGPIPE) == 1
    }
}
