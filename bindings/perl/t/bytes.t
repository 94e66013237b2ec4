# Secrets and contexts are bytes, whichever way Perl keeps them.

use strict;
use warnings;
use Test::More;
use Poterne;

my $now      = 1_700_000_010;
my $verifier = Poterne::Verifier->new(Poterne::Keyring->generate(20261121), 'tests');

# The same bytes twice: as they come from a file, and as they come from JSON or a database.
sub both {
    my ($bytes) = @_;
    my $kept = $bytes;
    utf8::upgrade($kept);
    die 'the same' unless $kept eq $bytes && utf8::is_utf8($kept) && !utf8::is_utf8($bytes);
    return ($bytes, $kept);
}

my @secrets = both(join '', map { chr } 0, 0xe9, 0xff, 0x80, 1 .. 16);
is Poterne::otp($secrets[0], 5), Poterne::otp($secrets[1], 5), 'the same code';
is Poterne::otp($secrets[1], 5), '945074', 'which another implementation has';
for my $secret (@secrets) {
    for my $make (qw(import_credential enroll_token)) {
        my $record  = $verifier->$make('a.martin', $secret, $make eq 'enroll_token' ? (authenticator => 'token') : (), now => $now);
        my $call    = $make eq 'enroll_token' ? 'confirm_attempt' : 'verify';
        my $outcome = eval { $verifier->$call($record, 'a.martin', Poterne::otp($secrets[0], int($now / 30)), $now)->outcome(1) };
        ok $outcome, "$make: its code" or diag $@;
    }
}

# What stands at a context's end, behind a name with accents, binds too.
my $record = $verifier->import_credential('a.martin', $secrets[0], now => $now);
my ($name) = "H\xe9l\xe8ne \xe9\xe9\xe9\xe9";
for my $context (both("$name session 1")) {
    my $ticket = $verifier->ticket('a.martin', 'tests', $context, $now);
    my $code   = Poterne::otp($secrets[0], int($now / 30));
    for (map { [$_, 1] } both("$name session 1")) {
        my $accepted = eval { $verifier->verify($record, 'a.martin', $code, $now, [$ticket, 'tests', $_->[0]])->outcome(1) };
        isa_ok $accepted, 'Poterne::Accepted';
    }
    for my $other (both("$name session 2")) {
        ok !eval { $verifier->verify($record, 'a.martin', $code, $now, [$ticket, 'tests', $other])->outcome(1) }, 'another session';
        is $@->code, 'refused.ticket', 'is no ticket';
    }
}

# Characters are no bytes.
for my $call (sub { Poterne::otp("\x{153}" x 20, 5) }, sub { $verifier->ticket('a.martin', 'tests', "\x{153}", $now) },
    sub { $verifier->import_credential('a.martin', "\x{153}" x 20) }) {
    ok !eval { $call->(); 1 }, 'characters';
    is $@->code, 'error.argument', 'are a mistake of the program';
}

# A text is wiped to its end.
my $text = "\x{153}uvre \x{153}\x{153} secret";
Poterne::Library::wipe_scalar($text);
unlike $text, qr/[^\0]/, 'wiped';
my $whole = "secret \x{153}";
Poterne::wipe($whole);
is $whole, undef, 'and gone';

done_testing;
