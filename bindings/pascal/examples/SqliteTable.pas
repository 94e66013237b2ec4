{ The application's table on SQLite, by SQLdb: a connection of its own, in one thread. With FireDAC it is the same in other words:
  a TFDConnection of its own, StartTransaction, ExecSQL, RowsAffected, Commit. }
unit SqliteTable;

{$MODE DELPHI}{$H+}

interface

uses
  SysUtils, SQLDB, SQLite3Conn, Poterne;

type
  EDatabaseDown = class(Exception);

  TSqliteTable = class(TPoterneTable)
  private
    FConnection: TSQLite3Connection;
    FTransaction: TSQLTransaction;
    FQuery: TSQLQuery;
    FWait: Integer;
    function Write(const Statement, Account, Old, Fresh: TPoterneText): Int64;
    procedure Bind(const Name: string; const Value: TPoterneText);
    procedure Begun(const Statement: TPoterneText);
  public
    constructor Create(const DatabaseFile: string; WaitMilliseconds: Integer = 2000);
    destructor Destroy; override;
    function Load(const Account: TPoterneText; out Stored: TPoterneText): Boolean; override;
    function Swap(const Account, Old, Fresh: TPoterneText): Int64; override;
    function Insert(const Account, Fresh: TPoterneText): Int64; override;
    { A transaction that stays open, for a test. }
    procedure Lock;
  end;

implementation

constructor TSqliteTable.Create(const DatabaseFile: string; WaitMilliseconds: Integer);
begin
  inherited Create;
  FWait := WaitMilliseconds;
  FConnection := TSQLite3Connection.Create(nil);
  FTransaction := TSQLTransaction.Create(nil);
  FQuery := TSQLQuery.Create(nil);
  FConnection.DatabaseName := DatabaseFile;
  FConnection.Transaction := FTransaction;
  FQuery.Database := FConnection;
  FQuery.Transaction := FTransaction;
end;

destructor TSqliteTable.Destroy;
begin
  FQuery.Free;
  FTransaction.Free;
  FConnection.Free;
  inherited;
end;

{ In UTF-8, whatever the code page of the locale is: AsString would convert by it. }
procedure TSqliteTable.Bind(const Name: string; const Value: TPoterneText);
var
  Bytes: RawByteString;
begin
  Bytes := Value;
  SetCodePage(Bytes, CP_UTF8, False);
  FQuery.Params.ParamByName(Name).AsUTF8String := UTF8String(Bytes);
end;

procedure TSqliteTable.Begun(const Statement: TPoterneText);
begin
  if not FConnection.Connected then
  begin
    { A file that is not there is a database that is down, and not a new one. }
    if not FileExists(FConnection.DatabaseName) then
      raise EDatabaseDown.Create('no database');
    FConnection.Open;
    FConnection.ExecuteDirect('PRAGMA busy_timeout = ' + IntToStr(FWait));
    FTransaction.Rollback;
  end;
  FQuery.Close;
  FQuery.SQL.Text := Statement;
end;

function TSqliteTable.Load(const Account: TPoterneText; out Stored: TPoterneText): Boolean;
begin
  Begun('SELECT record FROM poterne WHERE account = :account');
  Bind('account', Account);
  try
    FQuery.Open;
    Result := not FQuery.EOF;
    if Result then
      Stored := FQuery.Fields[0].AsUTF8String;
  finally
    { SQLdb leaves its transaction open: the swap would write on a table as it was. }
    FQuery.Close;
    FTransaction.Rollback;
  end;
end;

function TSqliteTable.Write(const Statement, Account, Old, Fresh: TPoterneText): Int64;
begin
  Begun(Statement);
  Bind('account', Account);
  Bind('record', Fresh);
  if Old <> '' then
    Bind('old', Old);
  try
    FQuery.ExecSQL;
    Result := FQuery.RowsAffected;
  except
    on Failure: ESQLDatabaseError do
    begin
      FTransaction.Rollback;
      { Somebody else was in the way, which is 0 rows; or the database is unavailable. }
      if poterne_is_conflict(POTERNE_DATABASE_SQLITE, nil, 0, Failure.ErrorCode) <> POTERNE_REFUSED_CONFLICT then
        raise;
      Exit(0);
    end;
  end;
  try
    FTransaction.Commit;
  except
    { A failed commit stores nothing, for whatever reason. }
    FTransaction.Rollback;
    Result := 0;
  end;
end;

{ The old record in the WHERE clause makes a code work only once. }
function TSqliteTable.Swap(const Account, Old, Fresh: TPoterneText): Int64;
begin
  Result := Write('UPDATE poterne SET record = :record WHERE account = :account AND record = :old', Account, Old, Fresh);
end;

function TSqliteTable.Insert(const Account, Fresh: TPoterneText): Int64;
begin
  Result := Write('INSERT INTO poterne (account, record) VALUES (:account, :record) ON CONFLICT (account) DO NOTHING', Account, '',
    Fresh);
end;

procedure TSqliteTable.Lock;
begin
  Begun('UPDATE poterne SET record = record');
  FQuery.ExecSQL;
end;

end.
