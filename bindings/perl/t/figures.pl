# What a login takes in this process, on PostgreSQL: `tests/databases perl figures.pl`. No test: prove runs *.t.

use strict;
use warnings;
use Time::HiRes qw(time);
use Poterne;
use Poterne::Column;

my $port     = $ENV{POTERNE_POSTGRESQL_PORT} or die "run this by tests/databases\n";
my $count    = $ENV{POTERNE_LOGINS} // 500;
my $connect  = sub { DBI->connect("dbi:Pg:dbname=poterne;host=127.0.0.1;port=$port", 'poterne', 'poterne', { Poterne::Column->attributes('Pg') }) };
my $verifier = Poterne::Verifier->new(Poterne::Keyring->generate(20261121), 'figures');
my $table    = Poterne::Column->new($connect, table => 'figures');
$connect->()->do('CREATE TABLE IF NOT EXISTS figures (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)');
my ($secret, @times) = ('12345678901234567890');

for my $number (1 .. $count) {
    $table->swap("p$number", undef, $verifier->import_credential("p$number", $secret));
    my $code  = Poterne::otp($secret, int(time / 30));
    my $began = time;
    $verifier->login($table, "p$number", $code);
    push @times, 1000 * (time - $began);
}
@times = sort { $a <=> $b } @times;
printf "%-34s %5d logins    p50 %7.1f ms  p99 %7.1f ms\n", 'poterne alone, in Perl', $count, $times[$count / 2], $times[$count * 0.99];
