//! Client libraries, loaded when they are needed.

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

/// Opens a library by its soname, as the system's loader finds it.
pub(super) fn open(soname: &str) -> Option<Library> {
    // SAFETY: the libraries are those that the system's administrator has installed; their initializers are made for this.
    unsafe { Library::open(Some(soname), RTLD_NOW | RTLD_LOCAL | libc::RTLD_NODELETE) }.ok()
}

/// The functions of a library that are used, as they are declared in its header.
macro_rules! functions {
    ($name:ident, $soname:literal: $(fn $function:ident($($argument:ty),* $(,)?) $(-> $result:ty)?;)*) => {
        #[allow(non_snake_case, reason = "the names of the library")]
        struct $name {
            $($function: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            /// Where they are.
            _library: libloading::os::unix::Library,
        }

        impl $name {
            fn load() -> Option<Self> {
                let library = crate::database::library::open($soname)?;
                Some(Self {
                    // SAFETY: each is declared as in the header of this soname.
                    $($function: unsafe { *library.get(concat!(stringify!($function), "\0").as_bytes()).ok()? },)*
                    _library: library,
                })
            }
        }
    };
}

pub(super) use functions;
