//! The natives of the class `io.github.poterne.Native`, by their Java names.

use std::ffi::c_void;
use std::panic::catch_unwind;

use jni_sys::{JNIEnv, JavaVM, jboolean, jbyteArray, jclass, jint, jlong};

use crate::{
    attempt, bare, boundary, check, conflict, help_desk, keyring, parameters, person, policy, provisioning,
    slots, text, ticket, token_file, verifier,
};

/// The class loader is gone, and with it everybody who could close a handle. What is still open is wiped; the memory of a
/// library that is unloaded would keep it.
const _: () = {
    // SAFETY: the name is that of the virtual machine's call, and of nothing else.
    #[unsafe(export_name = "JNI_OnUnload")]
    unsafe extern "system" fn on_unload(_machine: *mut JavaVM, _reserved: *mut c_void) {
        // A panic must not leave; what it carries is not dropped, since that could panic again.
        if let Err(payload) = catch_unwind(slots::close_all) {
            std::mem::forget(payload);
        }
    }
};

const _: () = {
    // SAFETY: the name is that of a native and of nothing else.
    #[unsafe(export_name = "Java_io_github_poterne_Native_find")]
    unsafe extern "system" fn find(
        env: *mut JNIEnv,
        _class: jclass,
        secret: jbyteArray,
        length: jint,
        algorithm: jint,
        digits: jint,
        code: jlong,
        first: jlong,
        last: jlong,
        has_watermark: jboolean,
        watermark: jlong,
    ) -> jlong {
        let watermark = has_watermark.then_some(watermark);
        let search =
            |secret: &[u8]| bare::find_number(secret, (algorithm, digits), code, (first, last), watermark);
        // SAFETY: the virtual machine calls.
        unsafe { boundary::with_short(env, secret, length, search) }.unwrap_or(bare::OTHERWISE)
    }
};

const _: () = {
    // SAFETY: the name is that of a native and of nothing else.
    #[unsafe(export_name = "Java_io_github_poterne_Native_gives")]
    extern "system" fn gives(
        _env: *mut JNIEnv,
        _class: jclass,
        is_changed: jboolean,
        rows: jlong,
    ) -> jboolean {
        attempt::gives(is_changed, rows)
    }
};

macro_rules! natives {
    ($($name:literal => $module:ident::$body:ident;)*) => {
        $(
            const _: () = {
                // SAFETY: the name is that of a native and of nothing else.
                #[unsafe(export_name = concat!("Java_io_github_poterne_Native_", $name))]
                unsafe extern "system" fn native(
                    env: *mut JNIEnv,
                    _class: jclass,
                    handle: jlong,
                    request: jbyteArray,
                    length: jint,
                ) -> jbyteArray {
                    // SAFETY: the virtual machine calls.
                    unsafe { boundary::call(env, handle, request, length, $module::$body) }
                }
            };
        )*
    };
}

natives! {
    "version" => text::version;
    "refusalMessage" => text::refusal_message;
    "errorMessage" => text::error_message;
    "language" => text::language;
    "numbers" => text::numbers;
    "keyringGenerate" => keyring::generate;
    "keyringParse" => keyring::parse;
    "keyringOpen" => keyring::open;
    "keyringAdd" => keyring::add;
    "keyringPromote" => keyring::promote;
    "keyringRemove" => keyring::remove;
    "keyringText" => keyring::text;
    "keyringIds" => keyring::ids;
    "policyOptions" => policy::options;
    "policyWith" => policy::with;
    "codeLifetime" => policy::code_lifetime;
    "parameters" => parameters::defaults;
    "parametersWith" => parameters::with;
    "verifierNew" => verifier::new;
    "accountName" => verifier::account_name;
    "close" => verifier::close;
    "enroll" => verifier::enroll;
    "enrollToken" => verifier::enroll_token;
    "enrollmentUri" => verifier::enrollment_uri;
    "importCredential" => verifier::import;
    "otpauthUri" => verifier::otpauth_uri;
    "verify" => verifier::verify;
    "ticket" => ticket::ticket;
    "dudTicket" => ticket::dud;
    "checkTicket" => ticket::check;
    "verifyWithTicket" => ticket::verify;
    "confirm" => verifier::confirm;
    "replace" => verifier::replace;
    "resynchronize" => verifier::resynchronize;
    "inspect" => verifier::inspect;
    "outcome" => attempt::outcome;
    "recoveryCodes" => help_desk::recovery_codes;
    "temporaryCode" => help_desk::temporary_code;
    "endCodes" => help_desk::end_codes;
    "unlock" => help_desk::unlock;
    "repairClock" => help_desk::repair_clock;
    "suspend" => help_desk::suspend;
    "resume" => help_desk::resume;
    "revoke" => help_desk::revoke;
    "forget" => help_desk::forget;
    "reseal" => help_desk::reseal;
    "rename" => help_desk::rename;
    "checkStart" => check::start;
    "checkLoaded" => check::loaded;
    "checkSwapped" => check::swapped;
    "checkPaused" => check::paused;
    "personRows" => person::rows;
    "personOfLoginName" => person::of_login_name;
    "conflict" => conflict::conflict;
    "tokenFilePskc" => token_file::pskc;
    "tokenFileEtoken" => token_file::etoken;
    "tokenFileCsv" => token_file::csv;
    "tokenFileProve" => token_file::prove;
    "tokenFileEntry" => token_file::entry;
    "tokenEnroll" => token_file::enroll;
    "tokenImport" => token_file::import;
    "uriBuild" => provisioning::build;
    "uriParse" => provisioning::parse;
    "uriSecretToType" => provisioning::secret_to_type;
    "qr" => provisioning::qr;
    "apps" => provisioning::apps;
    "appsTable" => provisioning::apps_table;
    "hotp" => bare::hotp;
    "totp" => bare::totp;
    "timeStep" => bare::time_step;
    "match" => bare::find;
    "split" => bare::split;
    "secretGenerate" => bare::secret_generate;
    "secretDecode" => bare::secret_decode;
    "secretEncode" => bare::secret_encode;
}
