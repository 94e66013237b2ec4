//! Client libraries, loaded when they are needed.

use std::ffi::{CStr, c_void};
use std::mem;
use std::ptr::NonNull;

/// A library of the system.
pub(super) struct Library(NonNull<c_void>);

impl Library {
    /// Opens a library by its soname, as the system's loader finds it.
    pub(super) fn open(soname: &CStr) -> Option<Self> {
        let flags = libc::RTLD_NOW | libc::RTLD_LOCAL | libc::RTLD_NODELETE;
        // SAFETY: the libraries are those that the system's administrator has installed; their initializers are made for this.
        NonNull::new(unsafe { libc::dlopen(soname.as_ptr(), flags) }).map(Self)
    }

    /// A function of the library.
    ///
    /// # Safety
    /// `F` is a pointer to a function, of the type that the library's header declares under this name.
    pub(super) unsafe fn function<F: Copy>(&self, name: &CStr) -> Option<F> {
        const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
        // SAFETY: the library is open.
        let address = NonNull::new(unsafe { libc::dlsym(self.0.as_ptr(), name.as_ptr()) })?;
        // SAFETY: the caller's; POSIX gives the addresses of functions as pointers to void (dlsym(3)).
        Some(unsafe { mem::transmute_copy(&address) })
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: it was opened once. It stays loaded: this only counts.
        unsafe { libc::dlclose(self.0.as_ptr()) };
    }
}

/// The functions of a library that are used, as they are declared in its header.
macro_rules! functions {
    ($name:ident, $soname:literal: $(fn $function:ident($($argument:ty),* $(,)?) $(-> $result:ty)?;)*) => {
        #[allow(non_snake_case, reason = "the names of the library")]
        struct $name {
            $($function: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            /// Where they are.
            _library: crate::database::library::Library,
        }

        impl $name {
            fn load() -> Option<Self> {
                let library = crate::database::library::Library::open($soname)?;
                let name = |name: &'static str| std::ffi::CStr::from_bytes_with_nul(name.as_bytes()).ok();
                Some(Self {
                    // SAFETY: each is declared as in the header of this soname.
                    $($function: unsafe { library.function(name(concat!(stringify!($function), "\0"))?)? },)*
                    _library: library,
                })
            }
        }
    };
}

pub(super) use functions;
