{ The cases of a login among the vectors: vectors FILE ... Their format is that of tests/vectors/README.md.

  A case is one of a login if its steps verify, and nothing else. It says how many there were: bindings/languages/check counts too. }
program vectors;

{$MODE DELPHI}{$H+}

uses
  Classes, SysUtils, StrUtils, Poterne;

const
  OPTIONS: array[1..14] of string = ('app_steps_backward', 'app_steps_forward', 'token_steps_backward', 'token_steps_forward',
    'look_ahead', 'max_failures', 'max_drift', 'resync_look_ahead', 'recovery_codes', 'confirm_at_first_login',
    'allow_short_secret', 'allow_incompatible', 'confirm_within_days', 'ticket_seconds');
  METHODS: array[1..3] of string = ('otp', 'recovery_code', 'temporary_code');

type
  EFault = class(Exception);

var
  Keys, Application, Account, Stored: TPoterneText;
  Copies, Policy: TStringList;
  Cases, Steps, Faults: Integer;

procedure Fail(const What: string);
begin
  raise EFault.Create(What);
end;

{ Bytes of `hex:...`, or the text. }
function Bytes(const Value: string): TPoterneText;
var
  At: Integer;
begin
  Result := Value;
  if Copy(Value, 1, 4) <> 'hex:' then
    Exit;
  Result := '';
  for At := 0 to (Length(Value) - 4) div 2 - 1 do
    Result := Result + AnsiChar(StrToInt('$' + Copy(Value, 5 + 2 * At, 2)));
end;

function Index(const Word: string; const Known: array of string): Integer;
begin
  Result := IndexStr(Word, Known);
  if Result < 0 then
    Fail('unknown word ' + Word);
end;

{ A keyring of its own for each case, unless it has one. }
function Verifier: TPoterneVerifier;
var
  Keyring: Pointer;
  Buffer: array[0..16385] of AnsiChar;
  Size: NativeUInt;
  At: Integer;
begin
  if Keys = '' then
  begin
    if (poterne_keyring_generate(20261121, Keyring) <> POTERNE_OK)
      or (poterne_keyring_to_text(Keyring, @Buffer[0], SizeOf(Buffer), Size) <> POTERNE_OK) then
      Fail('no keyring');
    poterne_keyring_free(Keyring);
    SetString(Keys, PAnsiChar(@Buffer[0]), Size);
  end;
  Result := TPoterneVerifier.CreateFromText(Keys, Application);
  for At := 0 to Policy.Count - 1 do
    Result.SetOption(Index(Policy.Names[At], OPTIONS) + 1, StrToInt64(Policy.ValueFromIndex[At]));
end;

{ `error.record` is `error record`. }
function Shown(const Name: string): string;
begin
  Result := StringReplace(Name, '.', ' ', []);
end;

procedure Cut(const Value: string; Words: TStrings; out Expected: string);
var
  Arrow: Integer;
begin
  Arrow := Pos(' -> ', Value);
  Expected := 'stored';
  Words.Delimiter := ' ';
  Words.StrictDelimiter := True;
  if Arrow = 0 then
    Words.DelimitedText := Value
  else
  begin
    Expected := Copy(Value, Arrow + 4, MaxInt);
    Words.DelimitedText := Copy(Value, 1, Arrow - 1);
  end;
end;

procedure BeginRecord(IsImport: Boolean; const Value: string);
var
  Words: TStringList;
  Expected, Actual, Key, Given: string;
  Parameters: TPoterneParameters;
  Existing: TPoterneExistingCredential;
  Now: Int64;
  At: Integer;
  Made: TPoterneVerifier;
begin
  Words := TStringList.Create;
  Made := Verifier;
  try
    Cut(Value, Words, Expected);
    if not IsImport then
      Words.Insert(0, 'token');
    Parameters := PoterneParameters;
    Existing := PoterneExistingCredential;
    Parameters.authenticator := Index(Words[0], ['app', 'token']) + POTERNE_APP;
    Parameters.moving_factor := Index(Words[1], ['counter', 'time']) + POTERNE_COUNTER;
    Parameters.algorithm := Index(Words[2], ['SHA1', 'SHA256', 'SHA512']) + POTERNE_SHA1;
    Parameters.digits := StrToInt(Words[3]);
    if Words[4] <> '-' then
      Parameters.time_step := StrToInt(Words[4]);
    if Words[5] <> '-' then
      Parameters.t0 := StrToQWord(Words[5]);
    if IsImport then
      Existing.state := Index(Words[7], ['pending', 'active', 'suspended']) + POTERNE_STATE_PENDING;
    Now := Parameters.t0;
    for At := 7 + Ord(IsImport) to Words.Count - 1 do
    begin
      Key := Words.Names[At];
      Given := Words.ValueFromIndex[At];
      if Given = 'none' then
        Continue;
      case Index(Key, ['now', 'counter', 'not_before', 'not_after', 'confirm_by', 'watermark', 'drift', 'last_sync']) of
        0: Now := StrToInt64(Given);
        1: Parameters.counter := StrToQWord(Given);
        2: Parameters.not_before := StrToInt64(Given);
        3: Parameters.not_after := StrToInt64(Given);
        4: Parameters.confirm_by := StrToInt64(Given);
        5:
          begin
            Existing.has_watermark := 1;
            Existing.watermark := StrToQWord(Given);
          end;
        6: Existing.drift := StrToInt(Given);
        7:
          begin
            Existing.has_last_sync := 1;
            Existing.last_sync := StrToInt(Given);
          end;
      end;
    end;
    Actual := 'stored';
    try
      if IsImport then
        Stored := Made.ImportCredential(Account, Bytes(Words[6]), Parameters, Existing, Now)
      else
        Stored := Made.EnrollToken(Account, Bytes(Words[6]), Parameters, Now);
    except
      on Denied: EPoterne do
        Actual := Shown(Denied.Message);
    end;
    if Actual <> Expected then
      Fail(Actual + ', not ' + Expected);
  finally
    Made.Free;
    Words.Free;
  end;
end;

{ A key that is not written is not compared. }
procedure Compare(const Actual: string; Keys: TStrings; const Expected: string);
var
  Words: TStringList;
  Plain: string;
  At: Integer;
begin
  Words := TStringList.Create;
  try
    Words.Delimiter := ' ';
    Words.StrictDelimiter := True;
    Words.DelimitedText := Expected;
    Plain := '';
    for At := 0 to Words.Count - 1 do
      if Pos('=', Words[At]) = 0 then
        Plain := Trim(Plain + ' ' + Words[At])
      else if Keys.IndexOf(Words[At]) < 0 then
        Fail(Keys.CommaText + ', not ' + Words[At]);
    if Actual <> Plain then
      Fail(Actual + ', not ' + Plain);
  finally
    Words.Free;
  end;
end;

procedure Step(const Value: string);
var
  Words, Keys: TStringList;
  Expected, Actual: string;
  Given, Fresh: TPoterneText;
  Rows: Int64;
  HasRows, IsStored: Boolean;
  Made: TPoterneVerifier;
  Attempt: TPoterneAttempt;
  Accepted: TPoterneAccepted;
begin
  Inc(Steps);
  Words := TStringList.Create;
  Keys := TStringList.Create;
  Attempt := nil;
  Made := Verifier;
  try
    Cut(Value, Words, Expected);
    if Words[0] = 'fork' then
    begin
      Copies.Values[Words[1]] := Stored;
      Exit;
    end;
    HasRows := Pos('rows=', Words[Words.Count - 1]) = 1;
    Rows := 0;
    if HasRows then
    begin
      Rows := StrToInt64(Words.ValueFromIndex[Words.Count - 1]);
      Words.Delete(Words.Count - 1);
    end;
    Given := Stored;
    if Words[0] = 'verify_absent' then
      Given := '';
    if (Words.Count = 5) and (Words[3] = 'with') then
      Given := Copies.Values[Words[4]]
    else if Words.Count <> 3 then
      Fail('words');
    Attempt := Made.Verify(Given, Account, Bytes(Words[2]), StrToInt64(Words[1]));
    IsStored := not HasRows and Attempt.Changed and (Given = Stored);
    Fresh := Attempt.Stored;
    if IsStored then
      Rows := 1;
    try
      Accepted := Attempt.Outcome(Rows);
      Actual := 'accepted ' + METHODS[Accepted.Method];
      if Accepted.Method = POTERNE_METHOD_OTP then
        Actual := Actual + ' ' + IntToStr(Accepted.MovingFactor);
      Keys.Add('drift=' + IntToStr(Accepted.Drift));
      Keys.Add('recovery=' + IntToStr(Accepted.RecoveryCodesLeft));
      Keys.Add('failures_before=' + IntToStr(Accepted.FailuresBefore));
    except
      on Denied: EPoterne do
      begin
        Actual := Shown(Denied.Message);
        if Denied.Status = POTERNE_REFUSED_WAIT then
          Actual := Actual + ' ' + IntToStr(Denied.Details.wait_seconds);
      end;
    end;
    Compare(Actual, Keys, Expected);
    if IsStored then
      Stored := Fresh;
  finally
    Attempt.Free;
    Made.Free;
    Keys.Free;
    Words.Free;
  end;
end;

{ 0 is no bound in C. }
function IsLogin(Lines: TStrings): Boolean;
var
  At: Integer;
  Key, Value: string;
begin
  Result := False;
  for At := 0 to Lines.Count - 1 do
  begin
    Key := Copy(Lines[At], 1, Pos(' = ', Lines[At]) - 1);
    Value := Copy(Lines[At], Length(Key) + 4, MaxInt);
    if (Key = 'enroll') or ((Key = 'import') and (Pos(' not_after=0 ', Value + ' ') > 0)) then
      Exit;
    if (Key = 'step') and not MatchStr(Copy(Value, 1, Pos(' ', Value) - 1), ['verify', 'verify_absent', 'fork']) then
      Exit;
  end;
  Result := Lines.Count > 0;
end;

procedure Line(const Key, Value: string);
var
  Words: TStringList;
begin
  case Index(Key, ['rule', 'state', 'policy', 'keyring', 'application', 'account', 'record', 'import', 'enroll_token', 'step']) of
    2:
      begin
        Words := TStringList.Create;
        Words.Delimiter := ' ';
        Words.DelimitedText := Value;
        Policy.AddStrings(Words);
        Words.Free;
      end;
    3: Keys := Bytes(Value);
    4: Application := Bytes(Value);
    5: Account := Bytes(Value);
    6: Stored := Bytes(Value);
    7: BeginRecord(True, Value);
    8: BeginRecord(False, Value);
    9: Step(Value);
  end;
end;

procedure Run(const Name: string; Lines: TStrings);
var
  At, Sign: Integer;
begin
  if not IsLogin(Lines) then
    Exit;
  Inc(Cases);
  Keys := '';
  Application := 'vectors';
  Account := 'a.martin';
  Stored := '';
  Copies.Clear;
  Policy.Clear;
  try
    for At := 0 to Lines.Count - 1 do
    begin
      Sign := Pos(' = ', Lines[At]);
      Line(Copy(Lines[At], 1, Sign - 1), Copy(Lines[At], Sign + 3, MaxInt));
    end;
  except
    on What: Exception do
    begin
      WriteLn(StdErr, Name, ': ', What.Message);
      Inc(Faults);
    end;
  end;
end;

var
  Path, At: Integer;
  Lines, One: TStringList;
  Name: string;
begin
  Copies := TStringList.Create;
  Policy := TStringList.Create;
  One := TStringList.Create;
  for Path := 1 to ParamCount do
  begin
    Lines := TStringList.Create;
    Lines.LoadFromFile(ParamStr(Path));
    Name := '';
    for At := 0 to Lines.Count - 1 do
      if (Lines[At] = '') or (Lines[At][1] = '#') then
        Continue
      else if Lines[At][1] = '[' then
      begin
        Run(Name, One);
        One.Clear;
        Name := Lines[At];
      end
      else
        One.Add(Lines[At]);
    Run(Name, One);
    One.Clear;
    Lines.Free;
  end;
  WriteLn(Cases, ' cases, ', Steps, ' steps');
  Halt(Ord(Faults > 0));
end.
