// The outcomes of bindings/languages/outcomes.c, in C#.
using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Tasks;
using Poterne;
using Poterne.Examples;

public static class Outcomes
{
    private const long Now = 1111111109, Later = 1111111111;
    private const string Code = "081804", LaterCode = "050471", Strange = "hélène.œuvray";
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");
    private static Verifier verifier;
    private static string file;

    // A table whose swap reports another number of rows.
    private sealed class Rows : SqliteTable
    {
        private readonly long rows;

        internal Rows(string file, long rows) : base(file)
        {
            this.rows = rows;
        }

        public override long Swap(string account, string old, string record) => rows;
    }

    private sealed class Throwing : ITable
    {
        public string Load(string account) => throw new InvalidOperationException();
        public long Swap(string account, string old, string record) => throw new InvalidOperationException();
    }

    private sealed class Collecting : ITable
    {
        private readonly ITable table;

        internal Collecting(ITable table)
        {
            this.table = table;
        }

        public string Load(string account)
        {
            // The collector runs while C is in the middle of a call.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return table.Load(account);
        }

        public long Swap(string account, string old, string record) => table.Swap(account, old, record);
    }

    private static void Need(bool isRight, string what)
    {
        if (isRight)
            return;
        Console.Error.WriteLine($"outcomes: {what}");
        Environment.Exit(2);
    }

    private static void Is(string name, string outcome) => Console.WriteLine($"{name}: {outcome}");

    private static string Outcome(Func<Accepted> login)
    {
        try
        {
            login();
            return "ok";
        }
        catch (Denied denied)
        {
            return denied.Message;
        }
    }

    private static string Log(ITable table, string account, string typed, long at) =>
        Outcome(() => verifier.Login(table, account, typed, at));

    // A size that is not the library's own; through C, as the classes set the right one by themselves.
    private static void Sizes(ITable table)
    {
        string record = table.Load("e.size");
        byte[] stored = Encoding.ASCII.GetBytes(record), name = Encoding.ASCII.GetBytes("e.size"), code = Encoding.ASCII.GetBytes(Code);
        Library.Check(Native.poterne_keyring_open(KeysFile, Library.Size(KeysFile), out IntPtr keys));
        byte[] application = Encoding.ASCII.GetBytes("grand-angle");
        Library.Check(Native.poterne_verifier_new(Number.ABI, keys, application, Library.Size(application), out IntPtr itself));
        Native.poterne_keyring_free(keys);
        using (var memory = new AttemptHandle())
        {
            Func<int, string> step = size => Library.NameOf(memory.Use(at =>
            {
                Marshal.WriteInt32(at, AttemptLayout.StructSize, size);
                return Native.poterne_verify(itself, stored, Library.Size(stored), name, Library.Size(name), code, Library.Size(code),
                    Now, at);
            }));
            Is("attempt of a wrong size", step(AttemptLayout.Size - 8));
            Is("attempt of the right size", step(AttemptLayout.Size));
            long rows = table.Swap("e.size", record, memory.Use(at => Library.Text(at + AttemptLayout.Record)));
            Func<uint, string> outcome = size =>
            {
                var result = new Result { StructSize = size };
                return Library.NameOf(memory.Use(at => Native.poterne_outcome(at, rows, ref result)));
            };
            Is("result of a wrong size", outcome(Result.Size - 8));
            Is("result of the right size", outcome(Result.Size));
            Is("spent attempt", outcome(Result.Size));
        }
        Native.poterne_verifier_free(itself);
    }

    private static byte[] KeysFile;

    private static void All()
    {
        var table = new SqliteTable(file, 1);
        string padded = "c.petit".PadRight(255);
        Is("no row", Log(table, "nobody", Code, Now));
        Is("right code", Log(table, "a.martin", Code, Now));
        Is("used code", Log(table, "a.martin", Code, Now));
        Is("wrong code", Log(table, "a.martin", "000000", Now));
        Is("not a code", Log(table, "a.martin", "password", Now));
        Is("account outside ASCII", Log(table, Strange, Code, Now));
        Is("account outside ASCII, used code", Log(table, Strange, Code, Now));
        // C# has no bytes here: half a character is what cannot be UTF-8.
        Is("account that is not UTF-8", Log(table, "h\ud83dl\ud83dne", Code, Now));
        Is("padded account and record", Log(table, padded, Code, Now));
        Is("padded account, used code", Log(table, padded, Code, Now));
        Is("account of 256 bytes", Log(table, new string('a', 256), Code, Now));
        Sizes(table);
        byte[] context = Encoding.ASCII.GetBytes("192.0.2.1");
        var ticket = new Ticket(verifier.MakeTicket("d.ticket", "payroll", context, Now - 60), "payroll", context);
        Is("late ticket", Outcome(() => verifier.Login(table, "d.ticket", ticket, Code, Now + 241)));
        Is("ticket", Outcome(() => verifier.Login(table, "d.ticket", ticket, Code, Now)));
        Is("ticket and used code", Outcome(() => verifier.Login(table, "d.ticket", ticket, Code, Now)));
        Is("database down", Log(new SqliteTable(file + ".d/t"), "a.martin", Code, Now));
        using (var other = new SqliteTable(file))
        using (other.Lock())
            Is("table locked", Log(table, "a.martin", LaterCode, Later));
        Is("swap of no row", Log(new Rows(file, 0), "a.martin", LaterCode, Later));
        Is("swap of two rows", Log(new Rows(file, 2), "a.martin", LaterCode, Later));
        Is("later code", Log(table, "a.martin", LaterCode, Later));
        Is("for the user", Library.MessageToUser(Number.REFUSED_REPLAYED, 0, "fr"));
        Waiting(table);
    }

    private static void Waiting(ITable table)
    {
        for (int tries = 0; tries < 20; tries++)
            try
            {
                verifier.Login(table, "g.wait", "000000", Now);
            }
            catch (Denied denied) when (denied.Status != Number.REFUSED_WRONG_CODE)
            {
                Is("too many wrong codes", denied.Message);
                Is("for the user who must wait", denied.MessageToUser("fr"));
                return;
            }
            catch (Refused)
            {
            }
    }

    // What the outcomes of C do not show: a life of a credential, exceptions, the collector, an ignored verdict.
    private static void Own()
    {
        const string account = "f.life";
        SqliteTable table = new SqliteTable(file), second = new SqliteTable(file);
        Need(Log(new Throwing(), "a.martin", Code, Now) == "error.store", "an exception is no verdict");
        bool isIn = false;
        try
        {
            // The program looks at nothing, and goes on.
            verifier.Login(table, "a.martin", "000000", Now);
            isIn = true;
        }
        catch (Refused)
        {
        }
        Need(!isIn, "an ignored refusal lets in");
        var pending = new History { State = Number.STATE_PENDING };
        Need(table.Swap(account, null, verifier.Import(account, Secret, new CodeParameters(), pending, Now)) == 1, "not stored");
        Need(table.Swap(account, null, verifier.Import(account, Secret, new CodeParameters(), pending, Now)) == 0, "a second one");
        string uri = verifier.OtpauthUri(table.Load(account), account, "Direction générale", account, Now);
        Need(uri.StartsWith("otpauth://totp/Direction%20g%C3%A9n") && Verifier.QrSvg(uri).StartsWith("<svg"), "no URI or no picture");
        string[] codes = verifier.Confirm(table, account, Code, Now);
        Need(codes.Length == 8 && codes[0].Length == 15, "no recovery codes");
        Need(verifier.Login(new Collecting(table), account, codes[0], Now).Method == Number.METHOD_RECOVERY_CODE, "not by a recovery code");
        string temporary = verifier.TemporaryCode(table, account, Number.SUSPEND, Now);
        Need(verifier.Login(table, account, temporary, Now).RecoveryCodesLeft == 7, "not by a temporary code");
        verifier.Resume(table, account);
        verifier.Unlock(table, account);
        Need(verifier.Login(table, account, LaterCode, Later).Method == Number.METHOD_OTP, "not resumed");
        verifier.CheckStore(table, second, account);
        string stored = table.Load(account);
        using (Attempt attempt = verifier.Verify(stored, account, "000000", Later))
        {
            Need(attempt.Changed && table.Swap(account, stored, attempt.Record) == 1, "a wrong code is not counted");
            // One attempt, many threads: one of them has the verdict, and nobody a login.
            string[] said = Enumerable.Range(0, 16).AsParallel().Select(_ => Outcome(() => attempt.Outcome(1))).ToArray();
            Need(said.Count(one => one == "refused.wrong_code") == 1 && said.Count(one => one == "error.attempt") == 15, "spent twice");
        }
        verifier.Revoke(table, account);
        Need(Log(table, account, LaterCode, Later) == "refused.revoked", "not revoked");
        Parallel.For(0, 200, _ => Need(Log(new SqliteTable(file), "nobody", Code, Now) == "refused.not_enrolled", "another thread"));
        // The sizes are those of C: --layout of bindings/languages/declare compares them with the compiler's.
        Need(Marshal.SizeOf(typeof(Result)) == Result.Size && Marshal.SizeOf(typeof(Store)) == Store.Size
            && Marshal.SizeOf(typeof(Parameters)) == Parameters.Size && Marshal.SizeOf(typeof(UriNames)) == UriNames.Size
            && Marshal.SizeOf(typeof(ExistingCredential)) == ExistingCredential.Size
            && Marshal.SizeOf(typeof(PresentedTicket)) == PresentedTicket.Size
            && Marshal.SizeOf(typeof(Inspection)) == Inspection.Size, "a structure has another size");
        Console.WriteLine("own: a life of a credential, exceptions, the collector, threads, an ignored refusal");
    }

    private static void Race(string account, bool isCareless)
    {
        var table = new SqliteTable(file);
        string outcome = "refused.conflict";
        for (int tries = 0; tries < 3 && outcome == "refused.conflict"; tries++)
        {
            string old = table.Load(account);
            using (Attempt attempt = verifier.Verify(old, account, Code, Now))
            {
                if (tries == 0)
                {
                    Console.WriteLine("loaded");
                    Console.ReadLine();
                }
                // The fault: the record is compared with itself.
                if (isCareless)
                    old = table.Load(account);
                long rows = attempt.Changed ? table.Swap(account, old, attempt.Record) : 0;
                outcome = Outcome(() => attempt.Outcome(rows));
            }
        }
        Is(account, outcome);
    }

    public static int Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        file = arguments[0] + "/table.sqlite";
        KeysFile = Encoding.UTF8.GetBytes(arguments[0] + "/keys");
        verifier = Verifier.Open(arguments[0] + "/keys", "grand-angle");
        if (arguments.Length > 1 && arguments[1] == "own")
            Own();
        else if (arguments.Length > 2)
            Race(arguments[2], arguments.Length > 3);
        else
            All();
        verifier.Dispose();
        return 0;
    }
}
