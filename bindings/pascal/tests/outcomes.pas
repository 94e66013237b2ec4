{ The outcomes of bindings/languages/outcomes.c, in Pascal. }
program outcomes;

{$MODE DELPHI}{$H+}

uses
  SysUtils, Poterne, SqliteTable;

const
  NOW_ = 1111111109;
  CODE = '081804';
  LATER = 1111111111;
  LATER_CODE = '050471';
  STRANGE = 'h'#$C3#$A9'l'#$C3#$A8'ne.'#$C5#$93'uvray';

type
  { A table whose swap reports another number of rows. }
  TRows = class(TSqliteTable)
    Rows: Int64;
    function Swap(const Account, Old, Fresh: TPoterneText): Int64; override;
  end;

  TRaising = class(TPoterneTable)
    function Load(const Account: TPoterneText; out Stored: TPoterneText): Boolean; override;
    function Swap(const Account, Old, Fresh: TPoterneText): Int64; override;
    function Insert(const Account, Fresh: TPoterneText): Int64; override;
  end;

var
  Verifier: TPoterneVerifier;
  Table: TSqliteTable;
  DatabaseFile: string;

function TRows.Swap(const Account, Old, Fresh: TPoterneText): Int64;
begin
  Result := Rows;
end;

function TRaising.Load(const Account: TPoterneText; out Stored: TPoterneText): Boolean;
begin
  Result := False;
  raise TObject.Create;
end;

function TRaising.Swap(const Account, Old, Fresh: TPoterneText): Int64;
begin
  Result := 1 div Ord(Account = '');
end;

function TRaising.Insert(const Account, Fresh: TPoterneText): Int64;
begin
  Result := Swap('', '', '');
end;

procedure Need(IsRight: Boolean; const What: string);
begin
  if not IsRight then
  begin
    WriteLn(StdErr, 'outcomes: ', What);
    Halt(2);
  end;
end;

procedure Say(const Name: string; const Status: RawByteString);
begin
  WriteLn(Name, ': ', Status);
end;

function LogIn(InTable: TPoterneTable; const Account, Typed: TPoterneText; At: Int64): RawByteString;
begin
  try
    Verifier.LogIn(InTable, Account, Typed, At);
    Result := 'ok';
  except
    on Denied: EPoterne do
      Result := Denied.Message;
  end;
end;

{ A size that is not the library's own; through C, as the unit sets the right one by itself. }
procedure Sizes;
const
  ACCOUNT = 'e.size';
var
  Stored: TPoterneText;
  Attempt: TPoterneAttemptRecord;
  Found: TPoterneResult;
  Rows: Int64;

  function Step: RawByteString;
  begin
    Result := PoterneStatusName(poterne_verify(Verifier.Handle, PAnsiChar(Stored), Length(Stored), ACCOUNT, Length(ACCOUNT), CODE,
      Length(CODE), NOW_, @Attempt));
  end;

begin
  Need(Table.Load(ACCOUNT, Stored), 'no record');
  FillChar(Attempt, SizeOf(Attempt), 0);
  FillChar(Found, SizeOf(Found), 0);
  Attempt.struct_size := SizeOf(Attempt) - 8;
  Say('attempt of a wrong size', Step);
  Attempt.struct_size := SizeOf(Attempt);
  Say('attempt of the right size', Step);
  Rows := Table.Swap(ACCOUNT, Stored, TPoterneText(PAnsiChar(@Attempt.record_[0])));
  Found.struct_size := SizeOf(Found) - 8;
  Say('result of a wrong size', PoterneStatusName(poterne_outcome(@Attempt, Rows, @Found)));
  Found.struct_size := SizeOf(Found);
  Say('result of the right size', PoterneStatusName(poterne_outcome(@Attempt, Rows, @Found)));
  Say('spent attempt', PoterneStatusName(poterne_outcome(@Attempt, Rows, @Found)));
end;

procedure Tickets;
var
  Ticket: TPoterneTicket;

  function Step(At: Int64): RawByteString;
  begin
    try
      Verifier.LogInWithTicket(Table, 'd.ticket', Ticket, CODE, At);
      Result := 'ok';
    except
      on Denied: EPoterne do
        Result := Denied.Message;
    end;
  end;

begin
  Ticket.Purpose := 'payroll';
  Ticket.Context := '192.0.2.1';
  Ticket.Ticket := Verifier.Ticket('d.ticket', Ticket.Purpose, Ticket.Context, NOW_ - 60);
  Say('late ticket', Step(NOW_ + 241));
  Say('ticket', Step(NOW_));
  Say('ticket and used code', Step(NOW_));
end;

procedure Waiting;
var
  Tries: Integer;
begin
  for Tries := 1 to 20 do
    try
      Verifier.LogIn(Table, 'g.wait', '000000', NOW_);
    except
      on Denied: EPoterne do
        if Denied.Status <> POTERNE_REFUSED_WRONG_CODE then
        begin
          Say('too many wrong codes', Denied.Message);
          Say('for the user who must wait', Denied.MessageToUser('fr'));
          Exit;
        end;
    end;
end;

procedure AllOutcomes;
var
  Padded: TPoterneText;
  Down, Other: TSqliteTable;
  Rows: TRows;
begin
  Padded := 'c.petit' + StringOfChar(AnsiChar(' '), 248);
  Say('no row', LogIn(Table, 'nobody', CODE, NOW_));
  Say('right code', LogIn(Table, 'a.martin', CODE, NOW_));
  Say('used code', LogIn(Table, 'a.martin', CODE, NOW_));
  Say('wrong code', LogIn(Table, 'a.martin', '000000', NOW_));
  Say('not a code', LogIn(Table, 'a.martin', 'password', NOW_));
  Say('account outside ASCII', LogIn(Table, STRANGE, CODE, NOW_));
  Say('account outside ASCII, used code', LogIn(Table, STRANGE, CODE, NOW_));
  Say('account that is not UTF-8', LogIn(Table, 'h'#$E9'l'#$E8'ne', CODE, NOW_));
  Say('padded account and record', LogIn(Table, Padded, CODE, NOW_));
  Say('padded account, used code', LogIn(Table, Padded, CODE, NOW_));
  Say('account of 256 bytes', LogIn(Table, StringOfChar(AnsiChar('a'), 256), CODE, NOW_));
  Sizes;
  Tickets;
  Down := TSqliteTable.Create(DatabaseFile + '.d/t');
  Say('database down', LogIn(Down, 'a.martin', CODE, NOW_));
  Down.Free;
  Other := TSqliteTable.Create(DatabaseFile);
  Other.Lock;
  Say('table locked', LogIn(Table, 'a.martin', LATER_CODE, LATER));
  Other.Free;
  Rows := TRows.Create(DatabaseFile);
  Rows.Rows := 0;
  Say('swap of no row', LogIn(Rows, 'a.martin', LATER_CODE, LATER));
  Rows.Rows := 2;
  Say('swap of two rows', LogIn(Rows, 'a.martin', LATER_CODE, LATER));
  Rows.Free;
  Say('later code', LogIn(Table, 'a.martin', LATER_CODE, LATER));
  Say('for the user', PoterneMessageToUser(POTERNE_REFUSED_REPLAYED, 0, 'fr'));
  Waiting;
end;

{ What the outcomes of C do not show: a life of a credential, exceptions, an ignored verdict. }
procedure Own;
const
  ACCOUNT = 'f.life';
  SECRET = '12345678901234567890';
var
  Pending: TPoterneExistingCredential;
  Stored: TPoterneText;
  Codes: TPoterneCodes;
  Second: TSqliteTable;
  Attempt: TPoterneAttempt;
  Entered: Boolean;
begin
  Need(LogIn(TRaising.Create, 'a.martin', CODE, NOW_) = 'error.store', 'an exception is no verdict');
  { The program looks at nothing, and goes on. }
  Entered := False;
  try
    Verifier.LogIn(Table, 'a.martin', '000000', NOW_);
    Entered := True;
  except
    on EPoterneRefused do;
  end;
  Need(not Entered, 'an ignored refusal lets in');
  Pending := PoterneExistingCredential;
  Pending.state := POTERNE_STATE_PENDING;
  Need(Table.Insert(ACCOUNT, Verifier.ImportCredential(ACCOUNT, SECRET, PoterneParameters, Pending, NOW_)) = 1, 'not stored');
  Need(Table.Insert(ACCOUNT, Verifier.ImportCredential(ACCOUNT, SECRET, PoterneParameters, Pending, NOW_)) = 0, 'a second one');
  Need(Table.Load(ACCOUNT, Stored), 'no record');
  Stored := Verifier.OtpauthUri(Stored, ACCOUNT, 'Direction', ACCOUNT, NOW_);
  Need((Pos('otpauth://totp/Direction', Stored) = 1) and (Pos('<svg', PoterneQrSvg(Stored)) = 1), 'no URI or no picture');
  Codes := Verifier.Confirm(Table, ACCOUNT, CODE, NOW_);
  Need((Length(Codes) = 8) and (Length(Codes[0]) = 15), 'no recovery codes');
  Need(Verifier.LogIn(Table, ACCOUNT, Codes[0], NOW_).Method = POTERNE_METHOD_RECOVERY_CODE, 'not by a recovery code');
  Need(Verifier.LogIn(Table, ACCOUNT, Verifier.TemporaryCode(Table, ACCOUNT, POTERNE_SUSPEND, NOW_), NOW_).RecoveryCodesLeft = 7,
    'not by a temporary code');
  Verifier.Resume(Table, ACCOUNT);
  Verifier.Unlock(Table, ACCOUNT);
  Need(Verifier.LogIn(Table, ACCOUNT, LATER_CODE, LATER).Method = POTERNE_METHOD_OTP, 'not resumed');
  Second := TSqliteTable.Create(DatabaseFile);
  Verifier.CheckStore(Table, Second, ACCOUNT);
  Need(Table.Load(ACCOUNT, Stored), 'no record');
  { Two steps by hand, and the outcome that was spent. }
  Attempt := Verifier.Verify(Stored, ACCOUNT, '000000', LATER);
  Need(Attempt.Changed and (Table.Swap(ACCOUNT, Stored, Attempt.Stored) = 1), 'a wrong code is not counted');
  try
    Attempt.Outcome(1);
    Need(False, 'a wrong code is a login');
  except
    on Denied: EPoterneRefused do
      Need(Denied.Status = POTERNE_REFUSED_WRONG_CODE, 'another refusal');
  end;
  try
    Attempt.Outcome(1);
    Need(False, 'spent twice');
  except
    on Denied: EPoterneError do
      Need(Denied.Status = POTERNE_E_ATTEMPT, 'another error');
  end;
  Attempt.Free;
  Verifier.Revoke(Table, ACCOUNT);
  Need(LogIn(Table, ACCOUNT, LATER_CODE, LATER) = 'refused.revoked', 'not revoked');
  { The sizes are those of C: --layout of bindings/languages/declare compares them with the compiler's. }
  Need((SizeOf(TPoterneAttemptRecord) = POTERNE_ATTEMPT_SIZE) and (SizeOf(TPoterneResult) = POTERNE_RESULT_SIZE)
    and (SizeOf(TPoterneParameters) = POTERNE_PARAMETERS_SIZE) and (SizeOf(TPoterneStore) = POTERNE_STORE_SIZE)
    and (SizeOf(TPoterneExistingCredential) = POTERNE_EXISTING_CREDENTIAL_SIZE)
    and (SizeOf(TPoternePresentedTicket) = POTERNE_PRESENTED_TICKET_SIZE) and (SizeOf(TPoterneUriNames) = POTERNE_URI_NAMES_SIZE)
    and (SizeOf(TPoterneInspection) = POTERNE_INSPECTION_SIZE), 'a structure has another size');
  WriteLn('own: a life of a credential, exceptions, an ignored refusal');
end;

procedure Race(const Account: TPoterneText; IsCareless: Boolean);
var
  Old: TPoterneText;
  Status: RawByteString;
  Tries: Integer;
  Rows: Int64;
  Attempt: TPoterneAttempt;
begin
  Tries := 0;
  repeat
    Need(Table.Load(Account, Old), 'no record');
    Attempt := Verifier.Verify(Old, Account, CODE, NOW_);
    if Tries = 0 then
    begin
      WriteLn('loaded');
      Flush(Output);
      ReadLn;
    end;
    { The fault: the record is compared with itself. }
    if IsCareless then
      Need(Table.Load(Account, Old), 'no record');
    Rows := 0;
    if Attempt.Changed then
      Rows := Table.Swap(Account, Old, Attempt.Stored);
    try
      Attempt.Outcome(Rows);
      Status := 'ok';
    except
      on Denied: EPoterne do
        Status := Denied.Message;
    end;
    Attempt.Free;
    Inc(Tries);
  until (Status <> 'refused.conflict') or (Tries = 3);
  Say(Account, Status);
end;

begin
  DatabaseFile := ParamStr(1) + '/table.sqlite';
  Verifier := TPoterneVerifier.Create(ParamStr(1) + '/keys', 'grand-angle');
  Table := TSqliteTable.Create(DatabaseFile, 50);
  if ParamStr(2) = 'own' then
    Own
  else if ParamStr(2) = 'race' then
    Race(ParamStr(3), ParamCount > 3)
  else
    AllOutcomes;
  Table.Free;
  Verifier.Free;
end.
