//! The one border of all natives: null checks, copies, and panics that never leave.
//!
//! Arrays are copied whole, by region: nothing of the virtual machine's heap is held while the library works, and no Java code
//! is called.

use std::ptr::null_mut;
use std::sync::atomic::{Ordering, fence};

use jni_sys::{JNIEnv, jbyteArray, jint, jlong};
use poterne::ErrorKind;
use poterne_boundary::{caught, wipe};

use crate::request::Request;
use crate::response::{Failure, Response};

/// What a native does, in safe code.
pub(crate) type Body = fn(jlong, &mut Request<'_>) -> Result<Response, Failure>;

/// Runs the body of a native on the first `length` bytes of `request`.
///
/// The response is written over the request, and its array returned, if it fits there: that wipes the request, and a new array
/// would cost as much as copying in and out. Null is returned only if the virtual machine has no memory for the response; it then
/// throws by itself.
///
/// # Safety
/// The virtual machine calls, or somebody who hands over what it would.
pub(crate) unsafe fn call(
    env: *mut JNIEnv,
    handle: jlong,
    request: jbyteArray,
    length: jint,
    body: Body,
) -> jbyteArray {
    let available = if request.is_null() {
        0
    } else {
        // SAFETY: the caller's promise; the array is not null.
        unsafe { ((**env).v1_1.GetArrayLength)(env, request) }
    };
    // SAFETY: the caller's promise; so many bytes are available.
    unsafe { with_request(env, request, (length, available), |bytes| respond(handle, bytes, body)) }
        .unwrap_or_else(|failure| failure.into())
        // SAFETY: as above.
        .with_bytes(usize::try_from(length).unwrap_or_default(), |bytes| unsafe {
            write_over(env, request, (length, available), bytes).unwrap_or_else(|| new_array(env, bytes))
        })
}

/// The body, behind the guard. A panic becomes an internal error, silently.
fn respond(handle: jlong, bytes: Result<&[u8], Failure>, body: Body) -> Result<Response, Failure> {
    let run = || {
        let mut request = Request::new(bytes?);
        let response = body(handle, &mut request)?;
        request.end()?;
        Ok(response)
    };
    caught(run).unwrap_or_else(|| Err(Failure::of(ErrorKind::Internal)))
}

/// Copies the request in, hands it to `work`, and wipes the copy.
///
/// # Safety
/// As [`call`]; the array has so many bytes as are `available`, or is null.
unsafe fn with_request<T>(
    env: *mut JNIEnv,
    request: jbyteArray,
    (length, available): (jint, jint),
    work: impl FnOnce(Result<&[u8], Failure>) -> T,
) -> T {
    if request.is_null() {
        return work(Err(Failure::of(ErrorKind::Null)));
    }
    let len = match usize::try_from(length) {
        Ok(len) if length <= available && len <= MAX_REQUEST => len,
        _ => return work(Err(Failure::of(ErrorKind::Argument))),
    };
    let (mut small, mut large) = ([0_u8; SMALL_REQUEST], Vec::new());
    let bytes = match small.get_mut(..len) {
        Some(bytes) => bytes,
        None => {
            // Without memory the library ends its process, which is the virtual machine's here.
            if large.try_reserve_exact(len).is_err() {
                return work(Err(Failure::of(ErrorKind::Internal)));
            }
            large.resize(len, 0);
            large.as_mut_slice()
        }
    };
    // SAFETY: the array has `length` bytes at least, and so has the buffer.
    unsafe { ((**env).v1_1.GetByteArrayRegion)(env, request, 0, length, bytes.as_mut_ptr().cast()) };
    let result = work(Ok(bytes));
    wipe(bytes);
    result
}

/// Copies the response over the whole request, if its array has room.
///
/// # Safety
/// As [`with_request`].
unsafe fn write_over(
    env: *mut JNIEnv,
    request: jbyteArray,
    (request_length, available): (jint, jint),
    bytes: &[u8],
) -> Option<jbyteArray> {
    if request.is_null() {
        return None;
    }
    let length = jint::try_from(bytes.len()).ok()?;
    if !(request_length..=available).contains(&length) {
        return None;
    }
    // SAFETY: the array has `length` bytes at least.
    unsafe { ((**env).v1_1.SetByteArrayRegion)(env, request, 0, length, bytes.as_ptr().cast()) };
    Some(request)
}

/// Copies the response out, in a new array of the virtual machine's.
///
/// # Safety
/// As [`call`].
unsafe fn new_array(env: *mut JNIEnv, bytes: &[u8]) -> jbyteArray {
    let Ok(length) = jint::try_from(bytes.len()) else { return null_mut() };
    // SAFETY: the caller's promise.
    let array = unsafe { ((**env).v1_1.NewByteArray)(env, length) };
    if !array.is_null() {
        // SAFETY: the array was made with this length.
        unsafe { ((**env).v1_1.SetByteArrayRegion)(env, array, 0, length, bytes.as_ptr().cast()) };
    }
    array
}

/// Copies the first `length` bytes of an array in, hands them to `work` behind the guard, and wipes the copy. None if they are many, if
/// the array is null, or if `work` panics. If the array has fewer, the virtual machine throws, and nobody sees what is returned: to ask
/// for its length would take as long as the copy.
///
/// # Safety
/// As [`call`].
pub(crate) unsafe fn with_short<T>(
    env: *mut JNIEnv,
    array: jbyteArray,
    length: jint,
    work: impl FnOnce(&[u8]) -> T,
) -> Option<T> {
    if array.is_null() {
        return None;
    }
    let mut buffer = [0_u8; SHORT];
    let bytes = buffer.get_mut(..usize::try_from(length).ok()?)?;
    // SAFETY: the caller's promise; the array is not null, and the buffer has `length` bytes.
    unsafe { ((**env).v1_1.GetByteArrayRegion)(env, array, 0, length, bytes.as_mut_ptr().cast()) };
    // Java looks afterwards whether the array was wiped meanwhile: the copy was made before that.
    fence(Ordering::Acquire);
    let result = caught(|| work(bytes));
    wipe(&mut buffer);
    result
}

/// The longest secret of a record.
const SHORT: usize = 64;

/// What nearly every request fits in: a record of 504 characters, names and a code.
const SMALL_REQUEST: usize = 1024;

/// More than any call can use.
const MAX_REQUEST: usize = 16 * 1024 * 1024;
