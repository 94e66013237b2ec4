{ A login on SQLite: login DATABASE KEYS ACCOUNT < CODE

  Exits with 0: let the user in, if the password is right too. 1: refused. 2: failed; refuse as well. }
program login;

{$MODE DELPHI}{$H+}

uses
  SysUtils, Poterne, SqliteTable;

var
  Verifier: TPoterneVerifier;
  Table: TPoterneTable;
  Accepted: TPoterneAccepted;
  Code: RawByteString;
begin
  ReadLn(Code);
  try
    Verifier := TPoterneVerifier.Create(ParamStr(2), 'grand-angle'); { once, when the program starts }
    Table := TSqliteTable.Create(ParamStr(1));                       { one in each thread }
    Accepted := Verifier.LogIn(Table, ParamStr(3), Code);
    WriteLn('Welcome. Refused attempts before: ', Accepted.FailuresBefore);
  except
    on Denied: EPoterne do
    begin
      WriteLn(StdErr, 'journal: ', Denied.Message);
      WriteLn(Denied.MessageToUser('en'));
      if Denied is EPoterneRefused then
        Halt(1)
      else
        Halt(2);
    end;
  end;
end.
