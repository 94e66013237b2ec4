//! Linux-PAM, as far as the module needs it.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;

use zeroize::{Zeroize, Zeroizing};

/// `pam_handle_t`, which nobody looks into.
#[repr(C)]
pub struct Handle {
    _private: [u8; 0],
}

// security/_pam_types.h
pub(crate) const SUCCESS: c_int = 0;
pub(crate) const SYSTEM_ERR: c_int = 4;
pub(crate) const AUTH_ERR: c_int = 7;
pub(crate) const AUTHINFO_UNAVAIL: c_int = 9;
pub(crate) const IGNORE: c_int = 25;
const SILENT: c_int = 0x8000;
const CONV: c_int = 5;
const AUTHTOK: c_int = 6;
const PROMPT_ECHO_OFF: c_int = 1;
const PROMPT_ECHO_ON: c_int = 2;
const ERROR_MSG: c_int = 3;
const TEXT_INFO: c_int = 4;

#[repr(C)]
struct Message {
    style: c_int,
    text: *const c_char,
}

#[repr(C)]
struct Response {
    text: *mut c_char,
    code: c_int,
}

type Converse = unsafe extern "C" fn(c_int, *mut *const Message, *mut *mut Response, *mut c_void) -> c_int;

#[repr(C)]
struct Conversation {
    converse: Option<Converse>,
    data: *mut c_void,
}

type CleanUp = unsafe extern "C" fn(*mut Handle, *mut c_void, c_int);

#[link(name = "pam")]
unsafe extern "C" {
    fn pam_get_user(handle: *mut Handle, user: *mut *const c_char, prompt: *const c_char) -> c_int;
    fn pam_get_item(handle: *const Handle, item: c_int, value: *mut *const c_void) -> c_int;
    fn pam_set_item(handle: *mut Handle, item: c_int, value: *const c_void) -> c_int;
    fn pam_get_authtok(
        handle: *mut Handle,
        item: c_int,
        authtok: *mut *const c_char,
        prompt: *const c_char,
    ) -> c_int;
    fn pam_get_data(handle: *const Handle, name: *const c_char, data: *mut *const c_void) -> c_int;
    fn pam_set_data(
        handle: *mut Handle,
        name: *const c_char,
        data: *mut c_void,
        clean_up: Option<CleanUp>,
    ) -> c_int;
    fn pam_syslog(handle: *const Handle, priority: c_int, format: *const c_char, ...);
    fn pam_modutil_getpwnam(handle: *mut Handle, user: *const c_char) -> *mut libc::passwd;
    fn pam_modutil_getgrnam(handle: *mut Handle, group: *const c_char) -> *mut libc::group;
    fn pam_modutil_user_in_group_nam_nam(
        handle: *mut Handle,
        user: *const c_char,
        group: *const c_char,
    ) -> c_int;
}

/// A transaction of the host, for one call of the module.
pub(crate) struct Pam<'c> {
    handle: *mut Handle,
    is_silent: bool,
    call: PhantomData<&'c mut Handle>,
}

/// What the user said, byte for byte, wiped.
pub(crate) type Answer = Zeroizing<Vec<u8>>;

impl Pam<'_> {
    /// # Safety
    /// `handle` is null or the host's, for as long as this lives.
    pub(crate) unsafe fn new(handle: *mut Handle, flags: c_int) -> Option<Self> {
        (!handle.is_null()).then_some(Self { handle, is_silent: flags & SILENT != 0, call: PhantomData })
    }

    /// The login name; the host asks for it if it has none yet. None too if it is not UTF-8: no account is.
    pub(crate) fn user(&self) -> Option<String> {
        let mut user = ptr::null();
        // SAFETY: the handle is the host's; the text belongs to it and is copied at once.
        unsafe {
            let is_there = pam_get_user(self.handle, &mut user, ptr::null()) == SUCCESS && !user.is_null();
            is_there.then(|| CStr::from_ptr(user).to_str().map(str::to_owned).ok())?
        }
    }

    /// The password that a module before this one has asked for.
    pub(crate) fn password(&self) -> Option<Answer> {
        let mut value = ptr::null();
        // SAFETY: the handle is the host's; the item is a text of it, or null.
        unsafe {
            let is_there = pam_get_item(self.handle, AUTHTOK, &mut value) == SUCCESS && !value.is_null();
            is_there.then(|| copied(value.cast()))
        }
    }

    /// The same, or what the user answers.
    pub(crate) fn password_or_ask(&self, prompt: &str) -> Option<Answer> {
        let prompt = CString::new(prompt).ok()?;
        let mut value = ptr::null();
        // SAFETY: as in `password`.
        unsafe {
            let is_there = pam_get_authtok(self.handle, AUTHTOK, &mut value, prompt.as_ptr()) == SUCCESS;
            (is_there && !value.is_null()).then(|| copied(value))
        }
    }

    /// Puts another password in its place, for the modules that follow.
    pub(crate) fn set_password(&self, password: &[u8]) -> Option<()> {
        // As large as it gets: growing would leave a copy behind.
        let mut text = Zeroizing::new(Vec::with_capacity(password.len().saturating_add(1)));
        text.extend_from_slice(password);
        text.push(0);
        let text = CStr::from_bytes_with_nul(&text).ok()?;
        // SAFETY: Linux-PAM copies the text, and overwrites the former one.
        (unsafe { pam_set_item(self.handle, AUTHTOK, text.as_ptr().cast()) } == SUCCESS).then_some(())
    }

    /// Hands a code to a later line of the same stack, in the place of one that is there; none takes that away.
    pub(crate) fn keep_code(&self, code: Option<&str>) -> Option<()> {
        let data =
            code.map_or(ptr::null_mut(), |code| Box::into_raw(Box::new(Zeroizing::new(code.to_owned()))));
        // SAFETY: `data` is what `wipe_code` takes, once: when it is replaced, or when the transaction ends. The module is still there
        // then, since it is never unloaded (build.rs).
        let is_kept =
            unsafe { pam_set_data(self.handle, CODE.as_ptr(), data.cast(), Some(wipe_code)) } == SUCCESS;
        if !is_kept {
            // SAFETY: Linux-PAM has not taken it.
            unsafe { wipe_code(self.handle, data.cast(), 0) };
        }
        is_kept.then_some(())
    }

    /// That code, once.
    pub(crate) fn take_code(&self) -> Option<Zeroizing<String>> {
        let mut data = ptr::null();
        // SAFETY: under this name stands what `keep_code` put there, or null.
        let code = unsafe {
            let is_there = pam_get_data(self.handle, CODE.as_ptr(), &mut data) == SUCCESS;
            data.cast::<Zeroizing<String>>().as_ref().filter(|_| is_there)?.clone()
        };
        self.keep_code(None)?;
        Some(code)
    }

    /// Asks the user; none if the host cannot.
    pub(crate) fn ask(&self, prompt: &str, is_shown: bool) -> Option<Answer> {
        let mut response = self.converse(if is_shown { PROMPT_ECHO_ON } else { PROMPT_ECHO_OFF }, prompt)?;
        response.take()
    }

    /// Tells the user something, unless the host wants silence. Nothing depends on whether it is read.
    pub(crate) fn tell(&self, text: &str, is_error: bool) {
        if !self.is_silent {
            drop(self.converse(if is_error { ERROR_MSG } else { TEXT_INFO }, text));
        }
    }

    /// Writes to the system's log, facility AUTHPRIV, behind the module's and the service's name.
    pub(crate) fn log(&self, priority: c_int, text: &str) {
        let Ok(text) = CString::new(text) else { return };
        // SAFETY: the format takes one text.
        unsafe { pam_syslog(self.handle, priority | libc::LOG_AUTHPRIV, c"%s".as_ptr(), text.as_ptr()) };
    }

    /// The user's number; none if the system does not know the user, or cannot tell.
    pub(crate) fn uid_of(&self, user: &str) -> Option<u32> {
        let user = CString::new(user).ok()?;
        // SAFETY: the entry belongs to the handle.
        unsafe { pam_modutil_getpwnam(self.handle, user.as_ptr()).as_ref().map(|entry| entry.pw_uid) }
    }

    /// Whether the system knows this group.
    pub(crate) fn has_group(&self, group: &str) -> bool {
        let Ok(group) = CString::new(group) else { return false };
        // SAFETY: the entry belongs to the handle, and is not looked at.
        unsafe { !pam_modutil_getgrnam(self.handle, group.as_ptr()).is_null() }
    }

    pub(crate) fn is_member(&self, user: &str, group: &str) -> bool {
        let (Ok(user), Ok(group)) = (CString::new(user), CString::new(group)) else { return true };
        // SAFETY: two texts of ours.
        unsafe { pam_modutil_user_in_group_nam_nam(self.handle, user.as_ptr(), group.as_ptr()) == 1 }
    }

    fn converse(&self, style: c_int, text: &str) -> Option<Said> {
        let text = CString::new(text).ok()?;
        let message = Message { style, text: text.as_ptr() };
        let mut messages: *const Message = &message;
        let mut conversation = ptr::null();
        let mut responses: *mut Response = ptr::null_mut();
        // SAFETY: the item is the host's structure, or null; the host's function gets one message and gives as many responses, or
        // null, in memory of malloc that is ours from then on.
        let is_said = unsafe {
            if pam_get_item(self.handle, CONV, &mut conversation) != SUCCESS {
                return None;
            }
            let conversation = conversation.cast::<Conversation>().as_ref()?;
            conversation.converse?(1, &mut messages, &mut responses, conversation.data) == SUCCESS
        };
        // A host that fails may have freed what it allocated.
        // Not `then_some`, which would make a `Said` all the same, and drop it.
        is_said.then(|| Said(responses))
    }
}

/// The response of the host, wiped and freed.
struct Said(*mut Response);

impl Said {
    fn take(&mut self) -> Option<Answer> {
        // SAFETY: null, or one response whose text is null or ends with a NUL.
        unsafe {
            let text = self.0.as_ref()?.text;
            (!text.is_null()).then(|| copied(text))
        }
    }
}

impl Drop for Said {
    fn drop(&mut self) {
        // SAFETY: as in `take`; both were allocated by malloc, and nobody else frees them (pam_conv(3)).
        unsafe {
            if let Some(response) = self.0.as_ref() {
                if !response.text.is_null() {
                    let len = CStr::from_ptr(response.text).count_bytes();
                    std::slice::from_raw_parts_mut(response.text.cast::<u8>(), len).zeroize();
                    libc::free(response.text.cast());
                }
                libc::free(self.0.cast());
            }
        }
    }
}

/// The arguments of the module's line. One that is not there is empty, which is no option.
///
/// # Safety
/// `argv` is null or has `argc` texts, or nulls, which live for `'c`.
pub(crate) unsafe fn arguments<'c>(argc: c_int, argv: *const *const c_char) -> Vec<&'c [u8]> {
    let count = if argv.is_null() { 0 } else { usize::try_from(argc).unwrap_or(0) };
    let argument = |index| {
        // SAFETY: the caller's.
        unsafe { (*argv.add(index)).as_ref().map_or(&[][..], |text| CStr::from_ptr(text).to_bytes()) }
    };
    (0..count).map(argument).collect()
}

/// A copy of a text.
///
/// # Safety
/// `text` ends with a NUL.
unsafe fn copied(text: *const c_char) -> Answer {
    // SAFETY: the caller's.
    Zeroizing::new(unsafe { CStr::from_ptr(text) }.to_bytes().to_vec())
}

/// Frees a code; Linux-PAM calls it.
unsafe extern "C" fn wipe_code(_: *mut Handle, data: *mut c_void, _: c_int) {
    if !data.is_null() {
        // SAFETY: it is that of `keep_code`, and given up by the one who calls.
        drop(unsafe { Box::from_raw(data.cast::<Zeroizing<String>>()) });
    }
}

/// The name of the code among the data of the handle.
const CODE: &CStr = c"poterne_code";
