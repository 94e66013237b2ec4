# The vectors of tests/vectors that a login touches, through this package: scripts, rows, tickets, split fields.

use strict;
use warnings;
use Test::More;
use FindBin;
use Poterne;

my $folder = "$FindBin::Bin/../../../tests/vectors";
my %runners = (script => \&script, rows => \&rows, ticket => \&ticket, split => \&split_field);
my @files = ((map { ["semantics-$_.txt", 'script'] } 1 .. 8), ['record.txt', 'script'], map { ["$_.txt", $_] } qw(rows ticket split));
my ($cases, $steps) = (0, 0);
my (@faults, @not_for_c);

for (@files) {
    my ($name, $kind) = @$_;
    my $before = $cases;
    for my $case (cases("$folder/$name")) {
        $cases++;
        eval { $runners{$kind}->(@{ $case->{lines} }); 1 } or $@ eq "not for C\n" ? push @not_for_c, $case->{name} : push @faults, "$name [$case->{name}]: $@";
    }
    die "$name: no case\n" if $cases == $before;
}
is_deeply \@faults, [], "$cases cases, $steps steps";
cmp_ok $cases, '>', 900, 'all of them';
cmp_ok scalar(@not_for_c), '<', 10, "not for C: @not_for_c";

# The control: another expectation is seen.
my ($first) = cases("$folder/semantics-1.txt");
my @wrong = map { [@$_] } @{ $first->{lines} };
$_->[1] =~ s/accepted otp 56666667/accepted otp 56666668/ for @wrong;
ok !eval { script(@wrong); 1 }, 'control: another factor';
like $@, qr/accepted otp/, 'and it is named';

done_testing;

sub cases {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!";
    my (@cases);
    while (my $line = <$file>) {
        chomp $line;
        next if $line eq '' || $line =~ /^#/;
        if ($line =~ /^\[([a-z0-9.-]+)\]$/) { push @cases, { name => $1, lines => [] } }
        elsif (@cases && $line =~ /^(\w+) = (.*)$/) { push @{ $cases[-1]{lines} }, [$1, $2] }
        else { die "$path, line $.: not a line of the format\n" }
    }
    return @cases;
}

# Bytes; text as characters.
sub bytes { return $_[0] =~ /^hex:([0-9a-f]*)$/ ? pack('H*', $1) : $_[0] }

# Text that is no UTF-8 cannot be characters: undef.
sub text {
    my $text = bytes($_[0]);
    return utf8::decode($text) ? $text : undef;
}

sub same {
    my ($actual, $expected) = @_;
    die "$actual, not $expected\n" if $actual ne $expected;
    return;
}

sub denied_text {
    my ($denied) = @_;
    die $denied unless ref $denied;
    return 'error ' . $denied->kind if $denied->isa('Poterne::Error');
    my $name = $denied->refusal;
    return join ' ', 'refused', $name, $name eq 'wait' ? $denied->wait_seconds : (), $name eq 'clock_off' ? $denied->clock_off_steps : ();
}

sub rows {
    my %given;
    push @{ $given{ $_->[0] } }, $_->[1] for @_;
    my ($person, $row) = Poterne::person_and_row(text($given{login_name}[0]) // return);
    same($row, $given{row}[0]);
    same($person, text($given{person}[0]));
    my @rows = eval { map { Poterne::row_of_person(text($given{login_name}[0]), $_) } 1 .. 3 };
    return same($@->kind, $given{error}[0]) if $given{error};
    same(join('|', @rows), join('|', map { text($_) } @{ $given{rows} }));
    return;
}

sub split_field {
    my %given = map { @$_ } @_;
    my ($password, $code) = Poterne::split_password_and_code(bytes($given{field}), $given{digits});
    same($password, bytes($given{password}));
    same($code // 'none', $given{code} eq 'none' ? 'none' : bytes($given{code}));
    return;
}

sub ticket {
    my %given = map { @$_ } @_;
    my $keyring = Poterne::Keyring->parse(text($given{keyring}));
    my %policy = map { split /=/ } split / /, $given{policy} // '';
    my $verifier = Poterne::Verifier->new($keyring, text($given{application}), options(%policy));
    my ($account, $purpose, $context) = (text($given{account}), text($given{purpose}), bytes($given{context}));
    my $said = eval {
        my $ticket = exists $given{made} ? $verifier->ticket($account, $purpose, $context, $given{made})
            : exists $given{dud} ? $verifier->dud_ticket($account, $purpose, $context, $given{dud})
            :                      text($given{ticket}) // return;
        $verifier->verify(undef, $account, '123456', $given{now}, [$ticket, $purpose, $context])->outcome(0);
        'accepted';
    } // denied_text($@);
    same($said, $given{said} // "error $given{error}");
    return;
}

sub options {
    my (%options) = @_;
    return map { $_ => { yes => 1, no => 0 }->{ $options{$_} } // $options{$_} } keys %options;
}

sub script {
    my (@lines) = @_;
    my %self = (application => 'vectors', account => 'a.martin', keyring => Poterne::Keyring->generate(20261121), copies => {}, recovery => [], policy => {});
    my $verifier = sub { return $self{verifier} //= Poterne::Verifier->new(@self{qw(keyring application)}, %{ $self{policy} }) };
    for (@lines) {
        my ($key, $value) = @$_;
        if ($key eq 'rule' || $key eq 'state') { next }
        elsif ($key eq 'policy') {
            %{ $self{policy} } = (%{ $self{policy} }, options(map { split /=/ } split / /, $value));
            $self{verifier} = undef;
        }
        elsif ($key eq 'keyring') { @self{qw(keyring verifier)} = (Poterne::Keyring->parse(text($value)), undef) }
        elsif ($key eq 'application') { @self{qw(application verifier)} = (text($value), undef) }
        elsif ($key eq 'account') { $self{account} = text($value) }
        elsif ($key eq 'record') { $self{record} = text($value) // return }
        elsif ($key =~ /^(?:import|enroll_token|enroll)$/) { begin($key, $verifier->(), \%self, $value) }
        elsif ($key eq 'step') { step($verifier->(), \%self, $value); $steps++ }
        else { die "unknown key $key\n" }
    }
    return;
}

sub begin {
    my ($kind, $verifier, $self, $value) = @_;
    my ($given, $expected) = split / -> /, $value;
    my ($authenticator, $factor, $algorithm, $digits, $step, $t0, @rest);
    my @words = split / /, $given;
    $authenticator = $kind eq 'enroll_token' ? 'token' : shift @words;
    ($factor, $algorithm, $digits, $step, $t0, @rest) = @words;
    my %parameters = (authenticator => $authenticator, moving_factor => $factor, algorithm => $algorithm, digits => $digits,
        $step eq '-' ? () : (time_step => $step), $t0 eq '-' ? () : (t0 => $t0));
    my $secret = $kind eq 'enroll' ? undef : bytes(shift @rest);
    my $state = $kind eq 'import' ? shift @rest : undef;
    my %more = map { split /=/ } @rest;
    my $now = delete $more{now} // ($t0 eq '-' ? 0 : $t0);
    delete $more{$_} for grep { $more{$_} eq 'none' } keys %more;
    # 0 is a default in C, or no limit.
    die "not for C\n" if grep { defined && $_ eq '0' } $digits, $parameters{time_step}, @more{qw(not_before not_after confirm_by)};
    my $record = eval {
              $kind eq 'enroll'       ? $verifier->enroll($self->{account}, %parameters, %more, now => $now)
            : $kind eq 'enroll_token' ? $verifier->enroll_token($self->{account}, $secret, (map { $_ => $parameters{$_} } grep { $_ ne 'authenticator' } keys %parameters), authenticator => 'token', %more, now => $now)
            :                           $verifier->import_credential($self->{account}, $secret, %parameters, state => $state, %more, now => $now);
    };
    same(defined $record ? 'stored' : denied_text($@), $expected // 'stored');
    $self->{record} = $record if defined $record;
    return;
}

sub step {
    my ($verifier, $self, $value) = @_;
    my ($given, $expected) = split / -> /, $value;
    my ($verb, @words) = split / /, $given;
    my ($rows, $against) = (undef, $self->{record});
    $rows = $1 if $words[-1] && $words[-1] =~ /^rows=(-?\d+)$/ && pop @words;
    if (@words > 1 && $words[-2] eq 'with') {
        $against = $self->{copies}{ $words[-1] } // die "no copy\n";
        splice @words, -2;
    }
    # 0 is a default in C.
    return if $verb eq 'temporary_code' && grep { $_ eq '0' } @words[1, 2];
    if ($verb eq 'fork') { $self->{copies}{ $words[0] } = $self->{record}; return }
    my $typed = sub {
        my ($word) = @_;
        return $self->{temporary} if $word eq 'temporary';
        return $self->{recovery}[$1] if $word =~ /^recovery\[(\d+)\]$/;
        my $text = text($word);
        # Characters that no encoding has reach the library as bytes that are no UTF-8.
        return $text // \bytes($word);
    };
    my $account = $self->{account};
    my %makes = (
        verify        => sub { $verifier->verify($against, $account, $typed->($words[1]), $words[0]) },
        verify_absent => sub { $verifier->verify(undef, $account, $typed->($words[1]), $words[0]) },
        confirm       => sub { $verifier->confirm_attempt($against, $account, $typed->($words[1]), $words[0]) },
        replace       => sub { $verifier->replace_attempt($against, $self->{copies}{ $words[2] }, $account, $typed->($words[1]), $words[0]) },
        resynchronize => sub { $verifier->resynchronize_attempt($against, $account, $typed->($words[1]), $typed->($words[2]), $words[0]) },
        recovery_codes => sub { $verifier->recovery_codes_attempt($against, $account, $words[0]) },
        temporary_code => sub {
            $verifier->temporary_code_attempt($against, $account, now => $words[0], expiry => $words[1] eq 'none' ? 0 : $words[1], uses => $words[2], missing => $words[3]);
        },
        end_codes => sub { $verifier->end_codes_attempt($against, $account, $words[0]) },
        rename    => sub { $verifier->rename_attempt($against, $account, text($words[0])) },
        (map { my $name = "${_}_attempt"; $_ => sub { $verifier->$name($against, $account, $words[0]) } } qw(forget repair_clock)),
        (map { my $name = "${_}_attempt"; $_ => sub { $verifier->$name($against, $account) } } qw(unlock suspend resume revoke reseal)),
    );
    my $actual;
    if ($verb eq 'inspect' || $verb eq 'otpauth_uri') {
        $actual = eval {
            $verb eq 'inspect' ? inspected($verifier->inspect($against, $account, $words[0]))
                : $verifier->otpauth_uri($against, $account, issuer => 'issuer', label => 'label', now => $words[0]) && 'ok';
        } // denied_text($@);
    }
    else {
        my $attempt = eval { ($makes{$verb} // die "unknown verb $verb\n")->() };
        if (!$attempt) { $actual = denied_text($@) }
        else {
            my $stored = !defined $rows && $attempt->changed && ($against // '') eq ($self->{record} // '');
            my $reported = $rows // ($stored ? 1 : 0);
            my $unchanged = !$attempt->changed;
            my $outcome = eval { $attempt->outcome($reported) };
            $actual = $outcome ? done($outcome, $verb, $unchanged, $self) : denied_text($@);
            $actual = 'conflict' if $actual eq 'refused conflict' && $verb =~ /^(?:recovery_codes|temporary_code|end_codes|repair_clock|forget|unlock|suspend|resume|revoke|reseal|rename)$/;
            if ($stored) {
                $self->{record} = $attempt->record;
                $self->{account} = text($words[0]) if $verb eq 'rename' && $outcome;
            }
        }
    }
    compare($actual, $expected);
    return;
}

sub done {
    my ($outcome, $verb, $unchanged, $self) = @_;
    if ($outcome->isa('Poterne::Accepted')) {
        my $factor = $outcome->method eq 'otp' ? ' ' . $outcome->moving_factor : '';
        return 'accepted ' . $outcome->method . $factor . ' drift=' . $outcome->drift . ' recovery=' . $outcome->recovery_codes_left
            . ' failures_before=' . $outcome->failures_before;
    }
    my @codes = $outcome->codes;
    if ($verb eq 'confirm' || $verb eq 'replace' || $verb eq 'recovery_codes') { push @{ $self->{recovery} }, @codes }
    elsif ($verb eq 'temporary_code') { $self->{temporary} = $codes[0] }
    my $name = $outcome->code;
    return "confirmed " . $outcome->moving_factor . ' drift=' . $outcome->drift . ' codes=' . @codes if $name eq 'confirmed';
    return "resynchronized " . $outcome->moving_factor . ' drift=' . $outcome->drift if $name eq 'resynchronized';
    return $unchanged && $verb eq 'repair_clock' ? 'unchanged' : 'stored';
}

sub inspected {
    my ($found) = @_;
    my $confirm_by = $found->{confirm_by} || 'none';
    my @yes = ('no', 'yes');
    return "$found->{state} failures=$found->{failures} wait=$found->{wait_seconds} locked=$yes[$found->{locked}] drift=$found->{drift}"
        . " recovery=$found->{recovery_codes_left} temporary=$found->{temporary_uses_left} weak=$yes[$found->{weak_secret}] confirm_by=$confirm_by";
}

# A key that is not written is not compared.
sub compare {
    my ($actual, $expected) = @_;
    my (@plain, %actual);
    for (split / /, $actual) { if (/^(\w+)=(.*)$/) { $actual{$1} = $2 } else { push @plain, $_ } }
    my @expected = grep { !/=/ } split / /, $expected;
    die "$actual, not $expected\n" if "@plain" ne "@expected";
    # A confirm_by of second 0 is none in C.
    for (grep { /=/ && $_ ne 'confirm_by=0' } split / /, $expected) {
        my ($key, $value) = split /=/;
        die "$actual, not $expected\n" if !defined $actual{$key} || $actual{$key} ne $value;
    }
    return;
}
