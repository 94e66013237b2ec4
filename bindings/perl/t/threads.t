# Threads, as mod_perl makes them: what a thread ends does not take away what the others use.

use strict;
use warnings;
use threads;
use Test::More;
use DBI;
use Poterne;
use Poterne::Column;

my $secret   = '12345678901234567890';
my $keyring  = Poterne::Keyring->generate(20261121);
my $verifier = Poterne::Verifier->new($keyring, 'tests');
my $column   = Poterne::Column->new(sub { DBI->connect('dbi:SQLite::memory:', '', '', { Poterne::Column->attributes('SQLite') }) });
my $record   = $verifier->import_credential('a.martin', $secret);
my $attempt  = $verifier->verify($record, 'a.martin', '000000');
my $issued   = $verifier->recovery_codes_attempt($record, 'a.martin', 1);
my $done     = $issued->outcome(1);

my @objects = ($keyring, $verifier, $column, $attempt, $done);
for (1 .. 3) {
    # Objects do not come along; a thread makes its own.
    my ($copies, $text) = threads->create({ context => 'list' }, sub {
        my $own = Poterne::Verifier->new(Poterne::Keyring->parse($_[0]), 'tests');
        return (scalar(grep { ref =~ /^Poterne/ } @objects), $own->enroll('b.durand'));
    }, $keyring->to_text)->join;
    is $copies, 0, 'a thread has no copies';
    is $verifier->inspect($text, 'b.durand')->{state}, 'pending', 'and a verifier of its own';
}
# Memory that was freed is given out again.
my @others = map { Poterne::Verifier->new(Poterne::Keyring->generate($_), 'others') } 1 .. 50;
isnt eval { $attempt->outcome(1); 1 }, 1, 'the attempt is there';
is $@->code, 'refused.wrong_code', 'with its outcome';
is scalar($done->codes), 1, 'the code is there';
is $verifier->inspect($record, 'a.martin')->{state}, 'active', 'and the verifier';
is(Poterne::Keyring->parse($keyring->to_text)->to_text, $keyring->to_text, 'and the keyring');

# A program that ends with everything still there says nothing.
my $program = q{
    package Service; my %kept; sub kept { my $k = Poterne::Keyring->generate(1); my $v = Poterne::Verifier->new($k, 'tests');
    $kept{1} //= { k => $k, v => $v, a => $v->verify($v->enroll('a'), 'a', '123456') } }
    package main; our %here = (a => { kept => Service::kept() }); $here{a}{self} = $here{a}; $here{b} = sub { $here{a} };
};
my $said = '';
for my $seed (1 .. 4) {
    local $ENV{PERL_HASH_SEED} = $seed;
    open my $end, '-|', $^X, '-Ibindings/perl/lib', '-e', "open STDERR, '>&', STDOUT; require Poterne; $program" or die $!;
    $said .= do { local $/; <$end> } // '';
    ok close $end, 'a program ends';
}
is $said, '', 'and says nothing';

done_testing;
