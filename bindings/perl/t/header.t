# The numbers of Poterne::Library are those of include/poterne.h.

use strict;
use warnings;
use utf8;
use Test::More;
use FindBin;
use Poterne;
use Poterne::Column;

open my $file, '<', "$FindBin::Bin/../../../include/poterne.h" or die "include/poterne.h: $!";
my $header = do { local $/; <$file> };
my %defined = map { tr/()//dr } $header =~ /^#define POTERNE_(\w+) +(\(?-?\d+\)?)$/mg;
cmp_ok scalar keys %defined, '>', 80, 'the header is read';

my %library = (
    OK => Poterne::Library::OK, STORE => Poterne::Library::STORE, CONFIRMED => Poterne::Library::CONFIRMED,
    REFUSED_CONFLICT => Poterne::Library::CONFLICT, E_BUFFER => Poterne::Library::E_BUFFER, ABI => Poterne::Library::ABI,
    E_ARGUMENT => Poterne::Library::E_ARGUMENT, E_ROWS => Poterne::Column::E_ROWS(), E_STORE => Poterne::Library::E_STORE,
    E_INTERNAL => -99, RECORD_MAX => $Poterne::Library::SIZES{record}, CODES_MAX => $Poterne::Library::SIZES{codes},
    TICKET_MAX => $Poterne::Library::SIZES{ticket}, URI_MAX => $Poterne::Library::SIZES{uri},
);
my %drivers = (Pg => 'POSTGRESQL', MariaDB => 'MARIADB', mysql => 'MARIADB', SQLite => 'SQLITE', Oracle => 'ORACLE', DB2 => 'DB2', Firebird => 'FIREBIRD');
$library{"DATABASE_$drivers{$_}"} = $Poterne::Library::DATABASES{$_} for keys %Poterne::Library::DATABASES;
for (['OPTION_', \%Poterne::Library::OPTIONS], ['', \%Poterne::Library::AUTHENTICATORS], ['', \%Poterne::Library::FACTORS],
    ['', \%Poterne::Library::ALGORITHMS], ['STATE_', \%Poterne::Library::STATES], ['METHOD_', \%Poterne::Library::METHODS],
    ['', \%Poterne::Library::MISSING], ['CODES_', \%Poterne::Library::CODES]) {
    my ($prefix, $names) = @$_;
    $library{ $prefix . uc } = $names->{$_} for keys %$names;
}
is_deeply \%library, { map { $_ => $defined{$_} } keys %library }, 'every number';
is scalar(grep { /^OPTION_/ } keys %defined), scalar keys %Poterne::Library::OPTIONS, 'no option is missing';
isnt $library{OPTION_LOOK_AHEAD}, $defined{OPTION_MAX_DRIFT}, 'control: another number is seen';

# Every function that is declared here is one of the header.
my %functions = map { $_ => 1 } $header =~ /\bpoterne_(\w+)\(/g;
is_deeply [grep { !$functions{$_} } keys %Poterne::Library::FUNCTIONS], [], 'every function';

# A size that is not the library's own is refused, and not read beyond.
my $keyring  = Poterne::Keyring->generate(1);
my $verifier = Poterne::Verifier->new($keyring, 'tests');
for my $structure (qw(attempt result inspection)) {
    local $Poterne::Library::SIZES{$structure} = $Poterne::Library::SIZES{$structure} - 8;
    my $called = $structure eq 'inspection'
        ? eval { $verifier->inspect($verifier->enroll('a.martin'), 'a.martin'); 1 }
        : eval { $verifier->verify($verifier->enroll('a.martin'), 'a.martin', '123456')->outcome(1); 1 };
    ok !$called, "$structure: a wrong size";
    is ref $@ && $@->code, 'error.version', "$structure: and its error";
}
{
    local $Poterne::Library::SIZES{parameters} = 64;
    ok !eval { $verifier->enroll('a.martin'); 1 }, 'parameters: a wrong size';
    is $@->code, 'error.version', 'parameters: and its error';
}
ok eval { $verifier->inspect($verifier->enroll('a.martin'), 'a.martin'); 1 }, 'control: the right size';

# Texts.
like $verifier->enroll('é' x 127), qr/\APOTERNE1/, 'a name outside ASCII';
ok !eval { $verifier->enroll('é' x 128); 1 }, 'counted in bytes';
is $@->kind, 'argument', 'and its kind';
my $refused = Poterne::Refused->new(2);
is "$refused", 'refused.replayed', 'a refusal is its code';
is $refused->message_to_user('fr'), 'Connexion refusée. Vérifiez votre mot de passe, attendez le code suivant, puis réessayez.', 'in French';
like $refused->message_to_user('en'), qr/^Sign-in refused\./, 'in English';
like(Poterne::Refused->new(4, wait_seconds => 90)->message_to_user('fr'), qr/\d/, 'a wait has its seconds');
ok !eval { $refused->message_to_user('de'); 1 }, 'another language';
is_deeply [Poterne::split_password_and_code('séc755224')], ['séc', '755224'], 'one field';
is_deeply [Poterne::split_password_and_code('secret')], ['secret', undef], 'one field without a code';
is_deeply [Poterne::person_and_row('a.martin#2')], ['a.martin', 2], 'a person';
is Poterne::row_of_person('a.martin', 3), 'a.martin#3', 'a row';

# What nobody but an outcome can make.
ok !eval { Poterne::Accepted->new; 1 }, 'a login is not made by hand';
my $secret = 'hunter2';
Poterne::wipe($secret);
is $secret, undef, 'wiped';

done_testing;
