package Poterne;

# A second factor for applications that exist: the C library, as Perl has it. include/poterne.h is the manual; what is here says
# how it looks in Perl.

use strict;
use warnings;

our $VERSION = '0.1.0';

use Poterne::Library qw(call known text_of);
use Poterne::Denied;
use Poterne::Keyring;
use Poterne::Verifier;

# What the library says about itself: its version, such as `0.1.0`.
sub version { return Poterne::Library::version() }

# The account of one of a person's rows, 1 to 3 (norm, 9.8). Take the person from your own list, never from the request.
sub row_of_person {
    my ($person, $row) = @_;
    return text_of(256, 'row_of_person', known($person), $row);
}

# The person and the row of a login name: `a.martin#2` is the second row of `a.martin`.
sub person_and_row {
    my ($login_name) = @_;
    my $row = 0;
    my $person = text_of(length($login_name // '') * 4 + 1, 'person_and_row', known($login_name), \$row);
    return ($person, $row);
}

# The password and the code of one field that holds both, as they were typed; the code is undef if there is none.
sub split_password_and_code {
    my ($field, $digits) = @_;
    my $length = 0;
    my $typed = $field;
    my $is_text = utf8::is_utf8($typed);
    utf8::encode($typed) if $is_text;
    my $status = call('split', $typed, length $typed, $digits // 6, \$length);
    die Poterne::Error->new($status) if $status < 0;
    my @parts = (substr($typed, 0, $length), $status == 0 ? substr($typed, $length) : undef);
    if ($is_text) {
        utf8::decode($_) for grep { defined } @parts;
    }
    return @parts;
}

# The QR code of an `otpauth:` address.
sub qr_png { return text_of(4096, 'qr_png', known($_[0])) }

sub qr_svg { return text_of(16384, 'qr_svg', known($_[0])) }

# The secret of an `otpauth:` address in groups of four characters, to type.
sub secret_to_type { return text_of(512, 'secret_to_type', known($_[0])) }

# The code of a moving factor, for tests: POTERNE_SHA1, 6 digits.
sub otp {
    my ($secret, $moving_factor, %parameters) = @_;
    return text_of(9, 'otp', Poterne::Library::parameters(%parameters), known(\$secret), $moving_factor);
}

# Overwrites a secret in place. Perl may have copied it elsewhere before.
sub wipe {
    return unless defined $_[0] && length $_[0];
    # An own buffer first: strings that Perl shares between scalars are not only ours.
    substr($_[0], 0, 1, substr($_[0], 0, 1));
    Poterne::Library::wipe_scalar($_[0]);
    $_[0] = undef;
    return;
}

1;
