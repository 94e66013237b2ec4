//! Who must have a code.

use poterne::UnixTime;

use crate::libpam::Pam;
use crate::options::Options;

/// Whether this user must have a code: everybody for whom all of the options hold. What the system cannot tell, since a directory does
/// not answer or the group does not exist, counts against the user: otherwise whoever stops the directory needs no code.
pub(crate) fn must_have_code(pam: &Pam<'_>, user: &str, options: &Options, now: UnixTime) -> bool {
    if options.from.is_some_and(|from| now < from) {
        return false;
    }
    if options.group.is_none() && options.min_uid == 0 && options.max_uid == u32::MAX {
        return true;
    }
    // Without an entry of the user nothing is known of the groups either.
    let Some(uid) = pam.uid_of(user) else { return true };
    if !(options.min_uid..=options.max_uid).contains(&uid) {
        return false;
    }
    options.group.as_ref().is_none_or(|group| !pam.has_group(group) || pam.is_member(user, group))
}
