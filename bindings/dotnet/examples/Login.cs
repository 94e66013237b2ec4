// A login on SQLite: Login.exe DATABASE KEYS ACCOUNT < CODE
//
// Exits with 0: let the user in, if the password is right too. 1: refused. 2: failed; refuse as well.
using System;
using Poterne;
using Poterne.Examples;

public static class Login
{
    public static int Main(string[] arguments)
    {
        string code = Console.ReadLine();
        try
        {
            Verifier verifier = Verifier.Open(arguments[1], "grand-angle");    // once, when the program starts
            var table = new SqliteTable(arguments[0]);                         // one in each thread
            Accepted accepted = verifier.Login(table, arguments[2], code);
            Console.WriteLine($"Welcome. Refused attempts before: {accepted.FailuresBefore}");
            return 0;
        }
        catch (Denied denied)
        {
            Console.Error.WriteLine($"journal: {denied.Message}");
            Console.WriteLine(denied.MessageToUser("en"));
            return denied is Refused ? 1 : 2;
        }
    }
}
