{ The C library in Pascal: Free Pascal (mode Delphi) and Delphi. include/poterne.h is the manual; what is here says how it looks in
  Pascal. poterne.inc has all numbers, structures and functions of C, for the calls that no class has.

  LogIn returns for a login, and for nothing else: it raises EPoterneRefused or EPoterneError. A program that ignores its result
  is refused all the same. SPDX-License-Identifier: MIT OR Apache-2.0 }
unit Poterne;

{$IFDEF FPC}{$MODE DELPHI}{$ENDIF}
{$H+}

interface

uses
  SysUtils;

const
{$IFDEF MSWINDOWS}
  POTERNE_LIBRARY = 'poterne.dll';
{$ELSE}
  { Free Pascal gives it to the linker, which writes the soname: libpoterne.so.1. }
  POTERNE_LIBRARY = 'poterne';
{$ENDIF}

{$I poterne.inc}

type
  { UTF-8. Delphi converts its strings to it by itself. Free Pascal would convert by the code page of the locale, which may have no
    accents: here it takes the bytes as they are. }
{$IFDEF FPC}
  TPoterneText = RawByteString;
{$ELSE}
  TPoterneText = UTF8String;
{$ENDIF}

  { Not a login. Message is the status's name, for the journal: `refused.replayed`, `error.store`. }
  EPoterne = class(Exception)
  private
    FResult: TPoterneResult;
  public
    constructor Create(AStatus: Integer; const AResult: TPoterneResult); overload;
    constructor Create(AStatus: Integer); overload;
    function Status: Integer;
    { What to tell the user, in `en` or `fr`. }
    function MessageToUser(const Language: TPoterneText): TPoterneText;
    property Details: TPoterneResult read FResult;
  end;

  { A verdict: no. }
  EPoterneRefused = class(EPoterne);

  { No verdict, such as a database that is down. Refuse, and look at the journal. }
  EPoterneError = class(EPoterne);

  { A login. Only an outcome gives one. }
  TPoterneAccepted = record
    Method, RecoveryCodesLeft, FailuresBefore: Cardinal;
    MovingFactor: UInt64;
    Drift: Integer;
  end;

  TPoterneCodes = array of TPoterneText;

  { The table of the application, in one thread. Both may raise: then it is POTERNE_E_STORE. }
  TPoterneTable = class
  public
    { False if there is no row. }
    function Load(const Account: TPoterneText; out Stored: TPoterneText): Boolean; virtual; abstract;
    { UPDATE ... SET record = :record WHERE account = :account AND record = :old, in a transaction of its own, and COMMIT. The rows
      that the database counted: 0 if somebody else was in the way, or if the COMMIT failed. }
    function Swap(const Account, Old, Fresh: TPoterneText): Int64; virtual; abstract;
    { The first record: 0 rows if the account has one. }
    function Insert(const Account, Fresh: TPoterneText): Int64; virtual; abstract;
  end;

  { A login in two steps: store Stored and commit, then ask for the outcome. It is spent once. Free wipes it. }
  TPoterneAttempt = class
  private
    FAttempt: TPoterneAttemptRecord;
    FStatus: Integer;
  public
    constructor Create;
    destructor Destroy; override;
    function Changed: Boolean;
    function Stored: TPoterneText;
    { After the COMMIT, with the rows that the swap updated. Raises, unless it is a login. }
    function Outcome(Rows: Int64): TPoterneAccepted;
    property Status: Integer read FStatus;
  end;

  { A ticket that came back, and the purpose and context for which it must have been made. }
  TPoterneTicket = record
    Ticket, Purpose, Context: TPoterneText;
  end;

  { Makes and checks the records of one application. Make one when the program starts; all threads share it. }
  TPoterneVerifier = class
  private
    FHandle: Pointer;
    procedure Make(Keyring: Pointer; const Application: TPoterneText);
    procedure Apply(Table: TPoterneTable; const Account: TPoterneText; Fill: TPoterneMakeFn; Argument: Pointer; Expected: Integer;
      out Codes: TPoterneCodes);
  public
    { The keyring in a file of mode 0600. }
    constructor Create(const KeysFile, Application: TPoterneText);
    { A keyring from its text, for keys that come from a credential store. }
    constructor CreateFromText(const Keys, Application: TPoterneText);
    destructor Destroy; override;
    procedure SetOption(Option: Integer; Value: Int64);
    { For calls that this class does not have. }
    property Handle: Pointer read FHandle;

    function LogIn(Table: TPoterneTable; const Account, Code: TPoterneText; Now: Int64 = POTERNE_NOW): TPoterneAccepted;
    function LogInWithTicket(Table: TPoterneTable; const Account: TPoterneText; const Ticket: TPoterneTicket;
      const Code: TPoterneText; Now: Int64 = POTERNE_NOW): TPoterneAccepted;
    { The first step by itself; an account without a row has an empty record. The caller frees the attempt. }
    function Verify(const Stored, Account, Code: TPoterneText; Now: Int64 = POTERNE_NOW): TPoterneAttempt;
    function VerifyWithTicket(const Stored, Account: TPoterneText; const Ticket: TPoterneTicket; const Code: TPoterneText;
      Now: Int64 = POTERNE_NOW): TPoterneAttempt;
    { Password and code in two requests. A ticket is not a login. Context is data that the client's next request has too. }
    function Ticket(const Account, Purpose, Context: TPoterneText; Now: Int64 = POTERNE_NOW): TPoterneText;

    { A first record, pending until its first code: Table.Insert(Account, Enroll(Account)). }
    function Enroll(const Account: TPoterneText; Now: Int64 = POTERNE_NOW): TPoterneText;
    function ImportCredential(const Account, Secret: TPoterneText; const Parameters: TPoterneParameters;
      const Existing: TPoterneExistingCredential; Now: Int64 = POTERNE_NOW): TPoterneText;
    function EnrollToken(const Account, Secret: TPoterneText; const Parameters: TPoterneParameters;
      Now: Int64 = POTERNE_NOW): TPoterneText;
    function OtpauthUri(const Stored, Account, Issuer, UserLabel: TPoterneText; Now: Int64 = POTERNE_NOW): TPoterneText;
    { The first code: returns the recovery codes, to show now. }
    function Confirm(Table: TPoterneTable; const Account, Code: TPoterneText; Now: Int64 = POTERNE_NOW): TPoterneCodes;
    { Missing is POTERNE_KEEP or POTERNE_SUSPEND. }
    function TemporaryCode(Table: TPoterneTable; const Account: TPoterneText; Missing: Cardinal;
      Now: Int64 = POTERNE_NOW): TPoterneText;
    procedure Unlock(Table: TPoterneTable; const Account: TPoterneText);
    procedure Resume(Table: TPoterneTable; const Account: TPoterneText);
    procedure Revoke(Table: TPoterneTable; const Account: TPoterneText);
    { When the program starts: do the tables compare, commit and keep? Each has a connection of its own. }
    procedure CheckStore(Table, Second: TPoterneTable; const Account: TPoterneText);
  end;

function PoterneStatusName(Status: Integer): TPoterneText;
function PoterneMessageToUser(Status: Integer; Detail: Int64; const Language: TPoterneText): TPoterneText;
function PoterneQrSvg(const Uri: TPoterneText): TPoterneText;
{ Their size, and zeros. }
function PoterneParameters: TPoterneParameters;
function PoterneExistingCredential: TPoterneExistingCredential;

implementation

procedure Check(Status: Integer);
begin
  if Status < 0 then
    raise EPoterneError.Create(Status);
  if Status <> POTERNE_OK then
    raise EPoterneRefused.Create(Status);
end;

{ A text that ends with a NUL, as the library writes it. }
function Text(const Buffer: array of AnsiChar; Size: NativeUInt): TPoterneText;
begin
  SetString(Result, PAnsiChar(@Buffer[0]), Size);
{$IFDEF FPC}
  SetCodePage(Result, CP_UTF8, False);
{$ENDIF}
end;

{ A text of C. A cast would convert it by the code page of the system, in Delphi. }
function FromC(Text: PAnsiChar): TPoterneText;
begin
  SetString(Result, Text, StrLen(Text));
end;

function PoterneStatusName(Status: Integer): TPoterneText;
var
  Buffer: array[0..63] of AnsiChar;
  Size: NativeUInt;
begin
  if poterne_status_name(Status, @Buffer[0], SizeOf(Buffer), Size) = POTERNE_OK then
    Result := Text(Buffer, Size)
  else
    Result := TPoterneText(IntToStr(Status));
end;

function PoterneMessageToUser(Status: Integer; Detail: Int64; const Language: TPoterneText): TPoterneText;
var
  Buffer: array[0..255] of AnsiChar;
  Size: NativeUInt;
begin
  Check(poterne_message_to_user(Status, Detail, PAnsiChar(Language), Length(Language), @Buffer[0], SizeOf(Buffer), Size));
  Result := Text(Buffer, Size);
end;

function PoterneQrSvg(const Uri: TPoterneText): TPoterneText;
var
  Size: NativeUInt;
begin
  { A buffer of no size asks for the length. }
  if poterne_qr_svg(PAnsiChar(Uri), Length(Uri), nil, 0, Size) <> POTERNE_E_BUFFER then
    Check(poterne_qr_svg(PAnsiChar(Uri), Length(Uri), nil, 0, Size));
  SetLength(Result, Size + 1);
  Check(poterne_qr_svg(PAnsiChar(Uri), Length(Uri), PAnsiChar(Result), Length(Result), Size));
  SetLength(Result, Size);
end;

function PoterneParameters: TPoterneParameters;
begin
  FillChar(Result, SizeOf(Result), 0);
  Result.struct_size := SizeOf(Result);
end;

function PoterneExistingCredential: TPoterneExistingCredential;
begin
  FillChar(Result, SizeOf(Result), 0);
  Result.struct_size := SizeOf(Result);
end;

function EmptyResult: TPoterneResult;
begin
  FillChar(Result, SizeOf(Result), 0);
  Result.struct_size := SizeOf(Result);
end;

{ Only here does a status become a login. }
function Verdict(Status: Integer; const Found: TPoterneResult): TPoterneAccepted;
begin
  if Status < 0 then
    raise EPoterneError.Create(Status, Found);
  if Status <> POTERNE_OK then
    raise EPoterneRefused.Create(Status, Found);
  Result.Method := Found.method;
  Result.RecoveryCodesLeft := Found.recovery_codes_left;
  Result.FailuresBefore := Found.failures_before;
  Result.MovingFactor := Found.moving_factor;
  Result.Drift := Found.drift;
end;

{ EPoterne }

constructor EPoterne.Create(AStatus: Integer; const AResult: TPoterneResult);
begin
  inherited Create(string(PoterneStatusName(AStatus)));
  FResult := AResult;
  FResult.status := AStatus;
end;

constructor EPoterne.Create(AStatus: Integer);
begin
  Create(AStatus, EmptyResult);
end;

function EPoterne.Status: Integer;
begin
  Result := FResult.status;
end;

function EPoterne.MessageToUser(const Language: TPoterneText): TPoterneText;
begin
  Result := PoterneMessageToUser(Status, Int64(FResult.wait_seconds), Language);
end;

{ The callbacks of C: no exception may pass. }

function LoadRecord(Arg: Pointer; Account, Stored: PAnsiChar): Integer; cdecl;
var
  Found: TPoterneText;
begin
  Result := -1;
  try
    if not TPoterneTable(Arg).Load(FromC(Account), Found) then
      Result := 1
    { A longer text is not a record, and must not be cut to another text. }
    else if Length(Found) < POTERNE_RECORD_MAX then
    begin
      Move(PAnsiChar(Found)^, Stored^, Length(Found) + 1);
      Result := 0;
    end;
  except
    Result := -1;
  end;
end;

function SwapRecord(Arg: Pointer; Account, Old, Fresh: PAnsiChar; var Rows: Int64): Integer; cdecl;
begin
  Result := -1;
  try
    if Old = nil then
      Rows := TPoterneTable(Arg).Insert(FromC(Account), FromC(Fresh))
    else
      Rows := TPoterneTable(Arg).Swap(FromC(Account), FromC(Old), FromC(Fresh));
    Result := 0;
  except
    Result := -1;
  end;
end;

function StoreOf(Table: TPoterneTable): TPoterneStore;
begin
  FillChar(Result, SizeOf(Result), 0);
  Result.struct_size := SizeOf(Result);
  Result.arg := Table;
  Result.load := @LoadRecord;
  Result.swap := @SwapRecord;
end;

{ TPoterneAttempt }

constructor TPoterneAttempt.Create;
begin
  inherited Create;
  FAttempt.struct_size := SizeOf(FAttempt);
  FStatus := POTERNE_E_ATTEMPT;
end;

destructor TPoterneAttempt.Destroy;
begin
  poterne_wipe(@FAttempt, SizeOf(FAttempt));
  inherited;
end;

function TPoterneAttempt.Changed: Boolean;
begin
  Result := FAttempt.changed = 1;
end;

function TPoterneAttempt.Stored: TPoterneText;
begin
  Result := Text(FAttempt.record_, FAttempt.record_len);
end;

function TPoterneAttempt.Outcome(Rows: Int64): TPoterneAccepted;
var
  Found: TPoterneResult;
begin
  Found := EmptyResult;
  { Below 0 there is no verdict to ask for. }
  if FStatus < 0 then
    raise EPoterneError.Create(FStatus);
  Result := Verdict(poterne_outcome(@FAttempt, Rows, @Found), Found);
end;

{ TPoterneVerifier }

constructor TPoterneVerifier.Create(const KeysFile, Application: TPoterneText);
var
  Keyring: Pointer;
begin
  inherited Create;
  Check(poterne_keyring_open(PAnsiChar(KeysFile), Length(KeysFile), Keyring));
  Make(Keyring, Application);
end;

constructor TPoterneVerifier.CreateFromText(const Keys, Application: TPoterneText);
var
  Keyring: Pointer;
begin
  inherited Create;
  Check(poterne_keyring_parse(PAnsiChar(Keys), Length(Keys), Keyring));
  Make(Keyring, Application);
end;

{ The verifier has its own copy of the keyring. }
procedure TPoterneVerifier.Make(Keyring: Pointer; const Application: TPoterneText);
var
  Status: Integer;
begin
  Status := poterne_verifier_new(POTERNE_ABI, Keyring, PAnsiChar(Application), Length(Application), FHandle);
  poterne_keyring_free(Keyring);
  Check(Status);
end;

destructor TPoterneVerifier.Destroy;
begin
  poterne_verifier_free(FHandle);
  inherited;
end;

procedure TPoterneVerifier.SetOption(Option: Integer; Value: Int64);
begin
  Check(poterne_verifier_set(FHandle, Option, Value));
end;

function TPoterneVerifier.LogIn(Table: TPoterneTable; const Account, Code: TPoterneText; Now: Int64): TPoterneAccepted;
var
  Store: TPoterneStore;
  Found: TPoterneResult;
begin
  Store := StoreOf(Table);
  Found := EmptyResult;
  Result := Verdict(poterne_login(FHandle, @Store, PAnsiChar(Account), Length(Account), PAnsiChar(Code), Length(Code), Now, @Found), Found);
end;

function Presented(const Ticket: TPoterneTicket): TPoternePresentedTicket;
begin
  FillChar(Result, SizeOf(Result), 0);
  Result.struct_size := SizeOf(Result);
  Result.ticket := PAnsiChar(Ticket.Ticket);
  Result.ticket_len := Length(Ticket.Ticket);
  Result.purpose := PAnsiChar(Ticket.Purpose);
  Result.purpose_len := Length(Ticket.Purpose);
  Result.context := PByte(PAnsiChar(Ticket.Context));
  Result.context_len := Length(Ticket.Context);
end;

function TPoterneVerifier.LogInWithTicket(Table: TPoterneTable; const Account: TPoterneText; const Ticket: TPoterneTicket;
  const Code: TPoterneText; Now: Int64): TPoterneAccepted;
var
  Store: TPoterneStore;
  Shown: TPoternePresentedTicket;
  Found: TPoterneResult;
begin
  Store := StoreOf(Table);
  Shown := Presented(Ticket);
  Found := EmptyResult;
  Result := Verdict(poterne_login_with_ticket(FHandle, @Store, PAnsiChar(Account), Length(Account), @Shown, PAnsiChar(Code),
    Length(Code), Now, @Found), Found);
end;

function TPoterneVerifier.Verify(const Stored, Account, Code: TPoterneText; Now: Int64): TPoterneAttempt;
begin
  Result := TPoterneAttempt.Create;
  Result.FStatus := poterne_verify(FHandle, PAnsiChar(Stored), Length(Stored), PAnsiChar(Account), Length(Account), PAnsiChar(Code),
    Length(Code), Now, @Result.FAttempt);
end;

function TPoterneVerifier.VerifyWithTicket(const Stored, Account: TPoterneText; const Ticket: TPoterneTicket;
  const Code: TPoterneText; Now: Int64): TPoterneAttempt;
var
  Shown: TPoternePresentedTicket;
begin
  Shown := Presented(Ticket);
  Result := TPoterneAttempt.Create;
  Result.FStatus := poterne_verify_with_ticket(FHandle, PAnsiChar(Stored), Length(Stored), PAnsiChar(Account), Length(Account),
    @Shown, PAnsiChar(Code), Length(Code), Now, @Result.FAttempt);
end;

function TPoterneVerifier.Ticket(const Account, Purpose, Context: TPoterneText; Now: Int64): TPoterneText;
var
  Buffer: array[0..POTERNE_TICKET_MAX - 1] of AnsiChar;
  Size: NativeUInt;
begin
  Check(poterne_ticket(FHandle, PAnsiChar(Account), Length(Account), PAnsiChar(Purpose), Length(Purpose),
    PByte(PAnsiChar(Context)), Length(Context), Now, @Buffer[0], SizeOf(Buffer), Size));
  Result := Text(Buffer, Size);
end;

function TPoterneVerifier.Enroll(const Account: TPoterneText; Now: Int64): TPoterneText;
var
  Buffer: array[0..POTERNE_RECORD_MAX - 1] of AnsiChar;
  Size: NativeUInt;
begin
  Check(poterne_enroll(FHandle, PAnsiChar(Account), Length(Account), nil, Now, @Buffer[0], SizeOf(Buffer), Size));
  Result := Text(Buffer, Size);
end;

function TPoterneVerifier.ImportCredential(const Account, Secret: TPoterneText; const Parameters: TPoterneParameters;
  const Existing: TPoterneExistingCredential; Now: Int64): TPoterneText;
var
  Buffer: array[0..POTERNE_RECORD_MAX - 1] of AnsiChar;
  Size: NativeUInt;
begin
  Check(poterne_import(FHandle, PAnsiChar(Account), Length(Account), @Parameters, PByte(PAnsiChar(Secret)), Length(Secret),
    @Existing, Now, @Buffer[0], SizeOf(Buffer), Size));
  Result := Text(Buffer, Size);
end;

function TPoterneVerifier.EnrollToken(const Account, Secret: TPoterneText; const Parameters: TPoterneParameters;
  Now: Int64): TPoterneText;
var
  Buffer: array[0..POTERNE_RECORD_MAX - 1] of AnsiChar;
  Size: NativeUInt;
begin
  Check(poterne_enroll_token(FHandle, PAnsiChar(Account), Length(Account), @Parameters, PByte(PAnsiChar(Secret)), Length(Secret),
    Now, @Buffer[0], SizeOf(Buffer), Size));
  Result := Text(Buffer, Size);
end;

function TPoterneVerifier.OtpauthUri(const Stored, Account, Issuer, UserLabel: TPoterneText; Now: Int64): TPoterneText;
var
  Buffer: array[0..POTERNE_URI_MAX - 1] of AnsiChar;
  Names: TPoterneUriNames;
  Size: NativeUInt;
begin
  FillChar(Names, SizeOf(Names), 0);
  Names.struct_size := SizeOf(Names);
  Names.issuer := PAnsiChar(Issuer);
  Names.issuer_len := Length(Issuer);
  Names.label_ := PAnsiChar(UserLabel);
  Names.label_len := Length(UserLabel);
  Check(poterne_otpauth_uri(FHandle, PAnsiChar(Stored), Length(Stored), PAnsiChar(Account), Length(Account), @Names, Now,
    @Buffer[0], SizeOf(Buffer), Size));
  Result := Text(Buffer, Size);
  poterne_wipe(@Buffer[0], SizeOf(Buffer));
end;

type
  { What a callback of poterne_apply is given. }
  TCall = record
    Code: TPoterneText;
    Missing: Cardinal;
    Now: Int64;
  end;
  PCall = ^TCall;

function MakeConfirmation(Arg, Verifier: Pointer; Stored, Account: PAnsiChar; Attempt: PPoterneAttempt): Integer; cdecl;
begin
  Result := poterne_confirm(Verifier, Stored, StrLen(Stored), Account, StrLen(Account), PAnsiChar(PCall(Arg)^.Code),
    Length(PCall(Arg)^.Code), PCall(Arg)^.Now, Attempt);
end;

function MakeTemporaryCode(Arg, Verifier: Pointer; Stored, Account: PAnsiChar; Attempt: PPoterneAttempt): Integer; cdecl;
begin
  Result := poterne_temporary_code(Verifier, Stored, StrLen(Stored), Account, StrLen(Account), 0, 0, PCall(Arg)^.Missing,
    PCall(Arg)^.Now, Attempt);
end;

function MakeUnlocked(Arg, Verifier: Pointer; Stored, Account: PAnsiChar; Attempt: PPoterneAttempt): Integer; cdecl;
begin
  Result := poterne_unlock(Verifier, Stored, StrLen(Stored), Account, StrLen(Account), Attempt);
end;

function MakeResumed(Arg, Verifier: Pointer; Stored, Account: PAnsiChar; Attempt: PPoterneAttempt): Integer; cdecl;
begin
  Result := poterne_resume(Verifier, Stored, StrLen(Stored), Account, StrLen(Account), Attempt);
end;

function MakeRevoked(Arg, Verifier: Pointer; Stored, Account: PAnsiChar; Attempt: PPoterneAttempt): Integer; cdecl;
begin
  Result := poterne_revoke(Verifier, Stored, StrLen(Stored), Account, StrLen(Account), Attempt);
end;

procedure TPoterneVerifier.Apply(Table: TPoterneTable; const Account: TPoterneText; Fill: TPoterneMakeFn; Argument: Pointer;
  Expected: Integer; out Codes: TPoterneCodes);
var
  Attempt: TPoterneAttempt;
  Store: TPoterneStore;
  Found: TPoterneResult;
  Buffer: array[0..POTERNE_CODES_MAX - 1] of AnsiChar;
  Status: Integer;
  Size, From, At: NativeUInt;
begin
  Codes := nil;
  Store := StoreOf(Table);
  Found := EmptyResult;
  Attempt := TPoterneAttempt.Create;
  try
    Status := poterne_apply(FHandle, @Store, PAnsiChar(Account), Length(Account), Fill, Argument, @Attempt.FAttempt, @Found);
    if Status < 0 then
      raise EPoterneError.Create(Status, Found);
    if Status <> Expected then
      raise EPoterneRefused.Create(Status, Found);
    Check(poterne_codes(@Attempt.FAttempt, @Buffer[0], SizeOf(Buffer), Size));
    From := 0;
    for At := 0 to Size do
      if (At > From) and ((At = Size) or (Buffer[At] = #10)) then
      begin
        SetLength(Codes, Length(Codes) + 1);
        SetString(Codes[High(Codes)], PAnsiChar(@Buffer[From]), At - From);
        From := At + 1;
      end;
    poterne_wipe(@Buffer[0], SizeOf(Buffer));
  finally
    Attempt.Free;
  end;
end;

function TPoterneVerifier.Confirm(Table: TPoterneTable; const Account, Code: TPoterneText; Now: Int64): TPoterneCodes;
var
  Call: TCall;
begin
  Call.Code := Code;
  Call.Now := Now;
  Apply(Table, Account, @MakeConfirmation, @Call, POTERNE_CONFIRMED, Result);
end;

function TPoterneVerifier.TemporaryCode(Table: TPoterneTable; const Account: TPoterneText; Missing: Cardinal;
  Now: Int64): TPoterneText;
var
  Call: TCall;
  Codes: TPoterneCodes;
begin
  Call.Missing := Missing;
  Call.Now := Now;
  Apply(Table, Account, @MakeTemporaryCode, @Call, POTERNE_CHANGED, Codes);
  Result := Codes[0];
end;

procedure TPoterneVerifier.Unlock(Table: TPoterneTable; const Account: TPoterneText);
var
  None: TPoterneCodes;
begin
  Apply(Table, Account, @MakeUnlocked, nil, POTERNE_CHANGED, None);
end;

procedure TPoterneVerifier.Resume(Table: TPoterneTable; const Account: TPoterneText);
var
  None: TPoterneCodes;
begin
  Apply(Table, Account, @MakeResumed, nil, POTERNE_CHANGED, None);
end;

procedure TPoterneVerifier.Revoke(Table: TPoterneTable; const Account: TPoterneText);
var
  None: TPoterneCodes;
begin
  Apply(Table, Account, @MakeRevoked, nil, POTERNE_CHANGED, None);
end;

procedure TPoterneVerifier.CheckStore(Table, Second: TPoterneTable; const Account: TPoterneText);
var
  One, Other: TPoterneStore;
begin
  One := StoreOf(Table);
  Other := StoreOf(Second);
  Check(poterne_check_store(FHandle, @One, @Other, PAnsiChar(Account), Length(Account)));
end;

end.
