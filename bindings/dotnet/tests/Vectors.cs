// The cases of a login among the vectors: Vectors.exe FILE ... Their format is that of tests/vectors/README.md.
//
// A case is one of a login if its steps verify, and nothing else. It says how many there were: bindings/languages/check counts too.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Poterne;

public static class Vectors
{
    private static readonly string[] Options =
    {
        "app_steps_backward", "app_steps_forward", "token_steps_backward", "token_steps_forward", "look_ahead", "max_failures",
        "max_drift", "resync_look_ahead", "recovery_codes", "confirm_at_first_login", "allow_short_secret", "allow_incompatible",
        "confirm_within_days", "ticket_seconds",
    };

    private sealed class Fault : Exception
    {
        internal Fault(string what) : base(what) { }
    }

    private static int Index(string word, params string[] known)
    {
        int at = Array.IndexOf(known, word);
        return at >= 0 ? at : throw new Fault($"unknown word {word}");
    }

    private static byte[] Bytes(string text)
    {
        if (!text.StartsWith("hex:", StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(text);
        return Enumerable.Range(0, text.Length / 2 - 2).Select(at => Convert.ToByte(text.Substring(4 + 2 * at, 2), 16)).ToArray();
    }

    // A name that is not UTF-8 is no text in C#: half a character stands for it.
    private static string Text(string text)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(Bytes(text));
        }
        catch (DecoderFallbackException)
        {
            return "\ud83d";
        }
    }

    private static byte[] FreshKeys()
    {
        Library.Check(Native.poterne_keyring_generate(20261121, out IntPtr keys));
        var text = new byte[16386];
        Library.Check(Native.poterne_keyring_to_text(keys, text, Library.Size(text), out UIntPtr length));
        Native.poterne_keyring_free(keys);
        return text.Take((int)length).ToArray();
    }

    // `error.record` is `error record`.
    private static string Shown(Denied denied) => denied.Message.Replace('.', ' ');

    private sealed class Script
    {
        private readonly Dictionary<string, string> copies = new Dictionary<string, string>();
        private readonly List<KeyValuePair<int, long>> policy = new List<KeyValuePair<int, long>>();
        private byte[] keys = FreshKeys();
        private string application = "vectors", account = "a.martin", record;

        internal int Steps;

        internal void Run(IEnumerable<KeyValuePair<string, string>> lines)
        {
            foreach (KeyValuePair<string, string> line in lines)
                switch (line.Key)
                {
                    case "rule":
                    case "state":
                        break;
                    case "policy":
                        policy.AddRange(line.Value.Split(' ').Select(word => word.Split('=')).Select(pair =>
                            new KeyValuePair<int, long>(Index(pair[0], Options) + 1, long.Parse(pair[1]))));
                        break;
                    case "keyring":
                        keys = Bytes(line.Value);
                        break;
                    case "application":
                        application = Text(line.Value);
                        break;
                    case "account":
                        account = Text(line.Value);
                        break;
                    case "record":
                        record = Text(line.Value);
                        break;
                    case "import":
                    case "enroll_token":
                        Begin(line.Key == "import", line.Value);
                        break;
                    case "step":
                        Step(line.Value);
                        break;
                    default:
                        throw new Fault($"unknown key {line.Key}");
                }
        }

        private Verifier Make()
        {
            Verifier made = Verifier.Parse(keys, application);
            foreach (KeyValuePair<int, long> option in policy)
                made.Set(option.Key, option.Value);
            return made;
        }

        private void Begin(bool isImport, string value)
        {
            int arrow = value.IndexOf(" -> ", StringComparison.Ordinal);
            string expected = arrow < 0 ? "stored" : value.Substring(arrow + 4);
            List<string> words = (arrow < 0 ? value : value.Substring(0, arrow)).Split(' ').ToList();
            if (!isImport)
                words.Insert(0, "token");
            var parameters = new CodeParameters
            {
                Authenticator = Index(words[0], "app", "token") + Number.APP,
                MovingFactor = Index(words[1], "counter", "time") + Number.COUNTER,
                Algorithm = Index(words[2], "SHA1", "SHA256", "SHA512") + Number.SHA1,
                Digits = int.Parse(words[3]),
                TimeStep = words[4] == "-" ? 0 : int.Parse(words[4]),
                T0 = words[5] == "-" ? 0 : ulong.Parse(words[5]),
            };
            var history = new History { State = isImport ? Index(words[7], "pending", "active", "suspended") : 0 };
            long now = (long)parameters.T0;
            foreach (string word in words.Skip(isImport ? 8 : 7))
            {
                string[] pair = word.Split('=');
                if (pair[1] == "none")
                    continue;
                switch (pair[0])
                {
                    case "now": now = long.Parse(pair[1]); break;
                    case "counter": parameters.Counter = ulong.Parse(pair[1]); break;
                    case "not_before": parameters.NotBefore = long.Parse(pair[1]); break;
                    case "not_after": parameters.NotAfter = long.Parse(pair[1]); break;
                    case "confirm_by": parameters.ConfirmBy = long.Parse(pair[1]); break;
                    case "watermark": history.Watermark = ulong.Parse(pair[1]); break;
                    case "drift": history.Drift = int.Parse(pair[1]); break;
                    case "last_sync": history.LastSync = uint.Parse(pair[1]); break;
                    default: throw new Fault($"unknown key {pair[0]}");
                }
            }
            string actual = "stored";
            try
            {
                using (Verifier made = Make())
                    record = isImport ? made.Import(account, Bytes(words[6]), parameters, history, now)
                        : made.EnrollToken(account, Bytes(words[6]), parameters, now);
            }
            catch (Denied denied)
            {
                actual = Shown(denied);
            }
            if (actual != expected)
                throw new Fault($"{actual}, not {expected}");
        }

        private void Step(string value)
        {
            Steps++;
            int arrow = value.IndexOf(" -> ", StringComparison.Ordinal);
            List<string> words = value.Substring(0, arrow).Split(' ').ToList();
            if (words[0] == "fork")
            {
                copies[words[1]] = record;
                return;
            }
            long? rows = null;
            if (words.Last().StartsWith("rows=", StringComparison.Ordinal))
            {
                rows = long.Parse(words.Last().Substring(5));
                words.RemoveAt(words.Count - 1);
            }
            string against = words[0] == "verify_absent" ? null : record;
            if (words.Count == 5 && words[3] == "with")
                against = copies[words[4]];
            else if (words.Count != 3)
                throw new Fault("words");
            var keysSaid = new Dictionary<string, string>();
            string actual, fresh = null;
            try
            {
                using (Verifier made = Make())
                using (Attempt attempt = made.Verify(against, account, Bytes(words[2]), long.Parse(words[1])))
                {
                    bool isStored = rows == null && attempt.Changed && against == record;
                    fresh = isStored ? attempt.Record : null;
                    Accepted accepted = attempt.Outcome(rows ?? (isStored ? 1 : 0));
                    actual = "accepted " + new[] { "", "otp", "recovery_code", "temporary_code" }[accepted.Method];
                    if (accepted.Method == Number.METHOD_OTP)
                        actual += $" {accepted.MovingFactor}";
                    keysSaid["drift"] = accepted.Drift.ToString();
                    keysSaid["recovery"] = accepted.RecoveryCodesLeft.ToString();
                    keysSaid["failures_before"] = accepted.FailuresBefore.ToString();
                }
            }
            catch (Denied denied)
            {
                actual = Shown(denied) + (denied.Status == Number.REFUSED_WAIT ? $" {denied.WaitSeconds}" : "");
                // What is not even UTF-8 is called by the kind of the whole call.
                if (denied.Status == Number.E_UTF8 && value.EndsWith("error record", StringComparison.Ordinal))
                    actual = "error record";
            }
            record = fresh ?? record;
            Compare(actual, keysSaid, value.Substring(arrow + 4));
        }

        // A key that is not written is not compared.
        private static void Compare(string actual, Dictionary<string, string> keysSaid, string expected)
        {
            string[] words = expected.Split(' ');
            string plain = string.Join(" ", words.Where(word => !word.Contains("=")));
            if (actual != plain)
                throw new Fault($"{actual}, not {plain}");
            foreach (string[] pair in words.Where(word => word.Contains("=")).Select(word => word.Split('=')))
                if (!keysSaid.TryGetValue(pair[0], out string said) || said != pair[1])
                    throw new Fault($"{said}, not {pair[0]}={pair[1]}");
        }
    }

    // 0 is no bound in C.
    private static bool IsLogin(List<KeyValuePair<string, string>> lines) => lines.All(line =>
        line.Key == "step" ? new[] { "verify", "verify_absent", "fork" }.Contains(line.Value.Split(' ')[0])
        : line.Key != "enroll" && !(line.Key == "import" && line.Value.Split(' ').Contains("not_after=0")));

    private static IEnumerable<KeyValuePair<string, List<KeyValuePair<string, string>>>> Cases(string path)
    {
        List<KeyValuePair<string, string>> lines = null;
        foreach (string line in File.ReadAllLines(path))
            if (line.StartsWith("[", StringComparison.Ordinal))
            {
                lines = new List<KeyValuePair<string, string>>();
                yield return new KeyValuePair<string, List<KeyValuePair<string, string>>>(line, lines);
            }
            else if (line != "" && line[0] != '#')
            {
                int sign = line.IndexOf(" = ", StringComparison.Ordinal);
                lines.Add(new KeyValuePair<string, string>(line.Substring(0, sign), line.Substring(sign + 3)));
            }
    }

    public static int Main(string[] paths)
    {
        int count = 0, steps = 0, faults = 0;
        foreach (string path in paths)
            // All lines of a case are there when the next one begins.
            foreach (var one in Cases(path).ToList().Where(one => IsLogin(one.Value)))
            {
                var script = new Script();
                try
                {
                    script.Run(one.Value);
                }
                catch (Exception what)
                {
                    Console.Error.WriteLine($"{path} {one.Key}: {what.Message}");
                    faults++;
                }
                count++;
                steps += script.Steps;
            }
        Console.WriteLine($"{count} cases, {steps} steps");
        return faults == 0 ? 0 : 1;
    }
}
