// The C library in C#. include/poterne.h is the manual; what is here says how it looks in C#. Native.cs has the calls of C.
//
// Login returns for a login, and for nothing else: it throws Refused or Failed. A program that ignores its result is refused all the
// same. SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Poterne
{
    /// <summary>Not a login. Message is the status's name, for the journal: `refused.replayed`, `error.store`.</summary>
    public abstract class Denied : Exception
    {
        private readonly Result result;

        internal Denied(int status, Result result) : base(Library.NameOf(status))
        {
            Status = status;
            this.result = result;
        }

        public int Status { get; }
        public long WaitSeconds => (long)result.WaitSeconds;
        public int ClockOffSteps => result.ClockOffSteps;

        /// <summary>What to tell the user, in `en` or `fr`.</summary>
        public string MessageToUser(string language) => Library.MessageToUser(Status, WaitSeconds, language);
    }

    /// <summary>A verdict: no.</summary>
    public sealed class Refused : Denied
    {
        internal Refused(int status, Result result = default(Result)) : base(status, result) { }
    }

    /// <summary>No verdict, such as a database that is down. Refuse, and look at the journal.</summary>
    public sealed class Failed : Denied
    {
        internal Failed(int status, Result result = default(Result)) : base(status, result) { }
    }

    /// <summary>A login. Only an outcome makes one.</summary>
    public sealed class Accepted
    {
        internal Accepted(Result result)
        {
            Method = (int)result.Method;
            RecoveryCodesLeft = (int)result.RecoveryCodesLeft;
            FailuresBefore = (int)result.FailuresBefore;
            MovingFactor = result.MovingFactor;
            Drift = result.Drift;
        }

        /// <summary>Number.METHOD_OTP, METHOD_RECOVERY_CODE or METHOD_TEMPORARY_CODE.</summary>
        public int Method { get; }
        public int RecoveryCodesLeft { get; }
        /// <summary>Refused attempts since the last login: show them.</summary>
        public int FailuresBefore { get; }
        public ulong MovingFactor { get; }
        public int Drift { get; }
    }

    /// <summary>The table of the application, in one thread. Both may throw: then it is `error.store`.</summary>
    public interface ITable
    {
        /// <summary>The stored record; null if there is no row.</summary>
        string Load(string account);

        /// <summary>
        /// UPDATE ... SET record = :record WHERE account = :account AND record = :old, in a transaction of its own, and COMMIT. If
        /// `old` is null it inserts, unless the account has a record. Returns the rows that the database counted: 0 if somebody else
        /// was in the way, or if the COMMIT failed.
        /// </summary>
        long Swap(string account, string old, string record);
    }

    /// <summary>A ticket that came back, and the purpose and context for which it must have been made.</summary>
    public sealed class Ticket
    {
        public Ticket(string text, string purpose, byte[] context)
        {
            Text = text;
            Purpose = purpose;
            Context = context;
        }

        public string Text { get; }
        public string Purpose { get; }
        public byte[] Context { get; }
    }

    /// <summary>How codes are made. What is not set is the default.</summary>
    public sealed class CodeParameters
    {
        public int Authenticator, MovingFactor, Algorithm, Digits, TimeStep;
        public ulong Counter, T0;
        public long NotBefore, NotAfter, ConfirmBy;

        internal Parameters ToNative() => new Parameters
        {
            StructSize = Parameters.Size, Authenticator = (uint)Authenticator, MovingFactor = (uint)MovingFactor,
            Algorithm = (uint)Algorithm, Digits = (uint)Digits, TimeStep = (uint)TimeStep, Counter = Counter, T0 = T0,
            NotBefore = NotBefore, NotAfter = NotAfter, ConfirmBy = ConfirmBy,
        };
    }

    /// <summary>The history of an imported credential.</summary>
    public sealed class History
    {
        public int State = Number.STATE_ACTIVE;
        public int Drift;
        public ulong? Watermark;
        public uint? LastSync;

        internal ExistingCredential ToNative() => new ExistingCredential
        {
            StructSize = ExistingCredential.Size, State = (uint)State, Drift = Drift,
            HasWatermark = Watermark.HasValue ? 1u : 0, Watermark = Watermark ?? 0,
            HasLastSync = LastSync.HasValue ? 1u : 0, LastSync = LastSync ?? 0,
        };
    }

    /// <summary>
    /// A login in two steps: store Record and commit, then ask for the outcome. It is spent once. It stays in one place of memory, and
    /// Dispose wipes it.
    /// </summary>
    public sealed class Attempt : IDisposable
    {
        private readonly AttemptHandle memory = new AttemptHandle();

        internal Attempt(Func<IntPtr, int> fill)
        {
            Status = memory.Use(fill);
        }

        /// <summary>The status of the first step: Number.STORE, a refusal or an error. Never a login.</summary>
        public int Status { get; }
        public bool Changed => memory.Use(at => Marshal.ReadInt32(at, AttemptLayout.Changed)) == 1;
        public string Record => memory.Use(at => Library.Text(at + AttemptLayout.Record));

        /// <summary>After the COMMIT, with the rows that the swap updated. Throws, unless it is a login.</summary>
        public Accepted Outcome(long rows)
        {
            // Below 0 there is no verdict to ask for.
            if (Status < 0)
                throw new Failed(Status);
            Result result = Library.EmptyResult();
            return Library.Verdict(memory.Use(at => Native.poterne_outcome(at, rows, ref result)), result);
        }

        internal string[] Codes()
        {
            string lines = Library.Text(Number.CODES_MAX, (byte[] text, UIntPtr size, out UIntPtr length) =>
            {
                UIntPtr found = UIntPtr.Zero;
                int status = memory.Use(at => Native.poterne_codes(at, text, size, out found));
                length = found;
                return status;
            });
            return lines.Split(new[] { '\n' }, StringSplitOptions.RemoveEmptyEntries);
        }

        public void Dispose() => memory.Dispose();
    }

    /// <summary>Makes and checks the records of one application. Make one when the program starts; all threads share it.</summary>
    public sealed class Verifier : IDisposable
    {
        private readonly VerifierHandle handle;

        private Verifier(Keys keys, string application)
        {
            using (keys)
            {
                byte[] name = Library.Bytes(application);
                IntPtr made = IntPtr.Zero;
                Library.Check(keys.Use(at => Native.poterne_verifier_new(Number.ABI, at, name, Library.Size(name), out made)));
                handle = new VerifierHandle(made);
            }
        }

        /// <summary>With the keyring in a file of mode 0600.</summary>
        public static Verifier Open(string keysFile, string application)
        {
            byte[] path = Library.Bytes(keysFile);
            Library.Check(Native.poterne_keyring_open(path, Library.Size(path), out IntPtr keys));
            return new Verifier(new Keys(keys), application);
        }

        /// <summary>With a keyring from its text, for keys that come from a credential store.</summary>
        public static Verifier Parse(byte[] keysText, string application)
        {
            Library.Check(Native.poterne_keyring_parse(keysText, Library.Size(keysText), out IntPtr keys));
            return new Verifier(new Keys(keys), application);
        }

        /// <summary>Sets Number.OPTION_...; before other threads use the verifier.</summary>
        public void Set(int option, long value) => Library.Check(handle.Use(at => Native.poterne_verifier_set(at, option, value)));

        // ---- Login ----

        public Accepted Login(ITable table, string account, string submitted, long now = Number.NOW)
        {
            byte[] name = Library.Bytes(account), code = Library.Bytes(submitted);
            Result result = Library.EmptyResult();
            using (var callbacks = new Callbacks(table))
                return Library.Verdict(handle.Use(at => Native.poterne_login(at, ref callbacks.Store, name, Library.Size(name), code,
                    Library.Size(code), now, ref result)), result);
        }

        /// <summary>The second request of two: takes back the ticket that the first has made.</summary>
        public Accepted Login(ITable table, string account, Ticket ticket, string submitted, long now = Number.NOW)
        {
            byte[] name = Library.Bytes(account), code = Library.Bytes(submitted);
            Result result = Library.EmptyResult();
            using (var callbacks = new Callbacks(table))
            using (var shown = new Shown(ticket))
                return Library.Verdict(handle.Use(at => Native.poterne_login_with_ticket(at, ref callbacks.Store, name,
                    Library.Size(name), ref shown.Ticket, code, Library.Size(code), now, ref result)), result);
        }

        /// <summary>The first step by itself; an account without a row has a record of null.</summary>
        public Attempt Verify(string record, string account, string submitted, long now = Number.NOW) =>
            Verify(record, account, Library.Bytes(submitted), now);

        internal Attempt Verify(string record, string account, byte[] submitted, long now)
        {
            byte[] stored = Library.Bytes(record ?? ""), name = Library.Bytes(account);
            return new Attempt(attempt => handle.Use(at => Native.poterne_verify(at, stored, Library.Size(stored), name,
                Library.Size(name), submitted, Library.Size(submitted), now, attempt)));
        }

        /// <summary>A ticket is not a login. `context` is data that the client's next request has too.</summary>
        public string MakeTicket(string account, string purpose, byte[] context, long now = Number.NOW)
        {
            byte[] name = Library.Bytes(account), use = Library.Bytes(purpose);
            return Text(Number.TICKET_MAX, (IntPtr at, byte[] text, UIntPtr size, out UIntPtr length) =>
                Native.poterne_ticket(at, name, Library.Size(name), use, Library.Size(use), context, Library.Size(context), now, text,
                    size, out length));
        }

        // ---- Enrollment: table.Swap(account, null, record) stores a first record ----

        public string Enroll(string account, CodeParameters parameters = null, long now = Number.NOW)
        {
            byte[] name = Library.Bytes(account);
            Parameters given = (parameters ?? new CodeParameters()).ToNative();
            return Text(Number.RECORD_MAX, (IntPtr at, byte[] text, UIntPtr size, out UIntPtr length) =>
                Native.poterne_enroll(at, name, Library.Size(name), ref given, now, text, size, out length));
        }

        public string EnrollToken(string account, byte[] secret, CodeParameters parameters, long now = Number.NOW)
        {
            byte[] name = Library.Bytes(account);
            Parameters given = parameters.ToNative();
            return Text(Number.RECORD_MAX, (IntPtr at, byte[] text, UIntPtr size, out UIntPtr length) =>
                Native.poterne_enroll_token(at, name, Library.Size(name), ref given, secret, Library.Size(secret), now, text, size,
                    out length));
        }

        public string Import(string account, byte[] secret, CodeParameters parameters, History history, long now = Number.NOW)
        {
            byte[] name = Library.Bytes(account);
            Parameters given = parameters.ToNative();
            ExistingCredential existing = history.ToNative();
            return Text(Number.RECORD_MAX, (IntPtr at, byte[] text, UIntPtr size, out UIntPtr length) =>
                Native.poterne_import(at, name, Library.Size(name), ref given, secret, Library.Size(secret), ref existing, now, text,
                    size, out length));
        }

        /// <summary>The text of the QR code.</summary>
        public string OtpauthUri(string record, string account, string issuer, string label, long now = Number.NOW)
        {
            byte[] stored = Library.Bytes(record), name = Library.Bytes(account);
            using (var first = new Pinned(Library.Bytes(issuer)))
            using (var second = new Pinned(Library.Bytes(label)))
            {
                var names = new UriNames
                {
                    StructSize = UriNames.Size, Issuer = first.Address, IssuerLen = first.Size, Label = second.Address,
                    LabelLen = second.Size,
                };
                return Text(Number.URI_MAX, (IntPtr at, byte[] text, UIntPtr size, out UIntPtr length) =>
                    Native.poterne_otpauth_uri(at, stored, Library.Size(stored), name, Library.Size(name), ref names, now, text, size,
                        out length));
            }
        }

        public static string QrSvg(string uri)
        {
            byte[] given = Library.Bytes(uri);
            return Library.Text(32768, (byte[] text, UIntPtr size, out UIntPtr length) =>
                Native.poterne_qr_svg(given, Library.Size(given), text, size, out length));
        }

        // ---- Changes: each loads, swaps, and starts again after a conflict ----

        /// <summary>The first code. Returns the recovery codes, to show now.</summary>
        public string[] Confirm(ITable table, string account, string submitted, long now = Number.NOW)
        {
            byte[] code = Library.Bytes(submitted);
            return Change(table, account, Number.CONFIRMED, (verifier, record, name, attempt) =>
                Native.poterne_confirm(verifier, record, Library.Size(record), name, Library.Size(name), code, Library.Size(code), now,
                    attempt));
        }

        /// <summary>`missing` is Number.KEEP or Number.SUSPEND.</summary>
        public string TemporaryCode(ITable table, string account, int missing, long now = Number.NOW) =>
            Change(table, account, Number.CHANGED, (verifier, record, name, attempt) =>
                Native.poterne_temporary_code(verifier, record, Library.Size(record), name, Library.Size(name), 0, 0, (uint)missing,
                    now, attempt))[0];

        public void Unlock(ITable table, string account) => Change(table, account, Number.CHANGED, (verifier, record, name, attempt) =>
            Native.poterne_unlock(verifier, record, Library.Size(record), name, Library.Size(name), attempt));

        public void Resume(ITable table, string account) => Change(table, account, Number.CHANGED, (verifier, record, name, attempt) =>
            Native.poterne_resume(verifier, record, Library.Size(record), name, Library.Size(name), attempt));

        public void Revoke(ITable table, string account) => Change(table, account, Number.CHANGED, (verifier, record, name, attempt) =>
            Native.poterne_revoke(verifier, record, Library.Size(record), name, Library.Size(name), attempt));

        /// <summary>When the program starts: do the tables compare, commit and keep? Each has a connection of its own.</summary>
        public void CheckStore(ITable table, ITable second, string account)
        {
            byte[] name = Library.Bytes(account);
            using (var one = new Callbacks(table))
            using (var other = new Callbacks(second))
                Library.Check(handle.Use(at => Native.poterne_check_store(at, ref one.Store, ref other.Store, name, Library.Size(name))));
        }

        public void Dispose() => handle.Dispose();

        private delegate int Fill(IntPtr verifier, byte[] text, UIntPtr size, out UIntPtr length);

        private string Text(int most, Fill fill) => Library.Text(most, (byte[] text, UIntPtr size, out UIntPtr length) =>
        {
            UIntPtr found = UIntPtr.Zero;
            int status = handle.Use(at => fill(at, text, size, out found));
            length = found;
            return status;
        });

        private string[] Change(ITable table, string account, int expected, Func<IntPtr, byte[], byte[], IntPtr, int> make)
        {
            byte[] name = Library.Bytes(account);
            Result result = Library.EmptyResult();
            int status = Number.E_INTERNAL;
            // No exception may pass through the library.
            Native.MakeFn callback = (arg, verifier, record, itsAccount, attempt) =>
            {
                try
                {
                    return make(verifier, Library.TextBytes(record), Library.TextBytes(itsAccount), attempt);
                }
                catch (Exception)
                {
                    return Number.E_INTERNAL;
                }
            };
            using (var callbacks = new Callbacks(table))
            using (var attempt = new Attempt(memory => status = handle.Use(at => Native.poterne_apply(at, ref callbacks.Store, name,
                Library.Size(name), Marshal.GetFunctionPointerForDelegate(callback), IntPtr.Zero, memory, ref result))))
            {
                GC.KeepAlive(callback);
                if (status < 0)
                    throw new Failed(status, result);
                if (status != expected)
                    throw new Refused(status, result);
                return attempt.Codes();
            }
        }
    }

    /// <summary>Texts about statuses.</summary>
    public static class Library
    {
        internal delegate int Fill(byte[] text, UIntPtr size, out UIntPtr length);

        // A surrogate without its other half is an error, not a question mark: two accounts must not become one.
        private static readonly Encoding Utf8 = new UTF8Encoding(false, true);

        public static string NameOf(int status)
        {
            var text = new byte[64];
            return Native.poterne_status_name(status, text, Size(text), out UIntPtr length) == Number.OK
                ? Utf8.GetString(text, 0, (int)length)
                : status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        public static string MessageToUser(int status, long detail, string language)
        {
            byte[] tag = Bytes(language);
            return Text(256, (byte[] text, UIntPtr size, out UIntPtr length) =>
                Native.poterne_message_to_user(status, detail, tag, Size(tag), text, size, out length));
        }

        /// <summary>
        /// Whether a statement's error means that somebody else was in the way: then roll back, and report 0 rows. `database` is
        /// Number.DATABASE_...; `sqlState` may be null; `code` is the vendor's own number, or 0.
        /// </summary>
        public static bool IsConflict(int database, string sqlState, int code)
        {
            byte[] state = Bytes(sqlState ?? "");
            int status = Native.poterne_is_conflict((uint)database, state, Size(state), code);
            if (status < 0)
                throw new Failed(status);
            return status == Number.REFUSED_CONFLICT;
        }

        internal static void Check(int status)
        {
            if (status < 0)
                throw new Failed(status);
            if (status != Number.OK)
                throw new Refused(status);
        }

        /// <summary>Only here does a status become a login.</summary>
        internal static Accepted Verdict(int status, Result result)
        {
            if (status < 0)
                throw new Failed(status, result);
            if (status != Number.OK)
                throw new Refused(status, result);
            return new Accepted(result);
        }

        internal static Result EmptyResult() => new Result { StructSize = Result.Size };

        internal static byte[] Bytes(string text)
        {
            try
            {
                return Utf8.GetBytes(text);
            }
            catch (EncoderFallbackException)
            {
                throw new Failed(Number.E_UTF8);
            }
        }

        internal static UIntPtr Size(byte[] bytes) => new UIntPtr((uint)bytes.Length);

        internal static string Text(int most, Fill fill)
        {
            var text = new byte[most];
            try
            {
                Check(fill(text, Size(text), out UIntPtr length));
                return Utf8.GetString(text, 0, (int)length);
            }
            finally
            {
                Array.Clear(text, 0, text.Length);
            }
        }

        internal static byte[] TextBytes(IntPtr text)
        {
            int length = 0;
            while (Marshal.ReadByte(text, length) != 0)
                length++;
            var bytes = new byte[length];
            Marshal.Copy(text, bytes, 0, length);
            return bytes;
        }

        internal static string Text(IntPtr text) => Utf8.GetString(TextBytes(text));
    }

    /// <summary>A handle of C: freed once, and never while another thread uses it.</summary>
    internal abstract class Handle : SafeHandle
    {
        protected Handle(IntPtr made) : base(IntPtr.Zero, true)
        {
            SetHandle(made);
        }

        public override bool IsInvalid => handle == IntPtr.Zero;

        internal T Use<T>(Func<IntPtr, T> call)
        {
            bool isHeld = false;
            try
            {
                DangerousAddRef(ref isHeld);
                return call(handle);
            }
            finally
            {
                if (isHeld)
                    DangerousRelease();
            }
        }
    }

    internal sealed class Keys : Handle
    {
        internal Keys(IntPtr made) : base(made) { }

        protected override bool ReleaseHandle()
        {
            Native.poterne_keyring_free(handle);
            return true;
        }
    }

    internal sealed class VerifierHandle : Handle
    {
        internal VerifierHandle(IntPtr made) : base(made) { }

        protected override bool ReleaseHandle()
        {
            Native.poterne_verifier_free(handle);
            return true;
        }
    }

    internal sealed class AttemptHandle : Handle
    {
        internal AttemptHandle() : base(Marshal.AllocHGlobal(AttemptLayout.Size))
        {
            Marshal.Copy(new byte[AttemptLayout.Size], 0, handle, AttemptLayout.Size);
            Marshal.WriteInt32(handle, AttemptLayout.StructSize, AttemptLayout.Size);
        }

        protected override bool ReleaseHandle()
        {
            Native.poterne_wipe(handle, new UIntPtr((uint)AttemptLayout.Size));
            Marshal.FreeHGlobal(handle);
            return true;
        }
    }

    /// <summary>Bytes that stay where they are, for a structure with pointers.</summary>
    internal sealed class Pinned : IDisposable
    {
        private GCHandle held;

        internal Pinned(byte[] bytes)
        {
            held = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            Size = Library.Size(bytes);
        }

        internal IntPtr Address => held.AddrOfPinnedObject();
        internal UIntPtr Size { get; }

        public void Dispose() => held.Free();
    }

    internal sealed class Shown : IDisposable
    {
        private readonly Pinned text, purpose, context;
        internal PresentedTicket Ticket;

        internal Shown(Ticket ticket)
        {
            text = new Pinned(Library.Bytes(ticket.Text));
            purpose = new Pinned(Library.Bytes(ticket.Purpose));
            context = new Pinned(ticket.Context);
            Ticket = new PresentedTicket
            {
                StructSize = PresentedTicket.Size, Ticket = text.Address, TicketLen = text.Size, Purpose = purpose.Address,
                PurposeLen = purpose.Size, Context = context.Address, ContextLen = context.Size,
            };
        }

        public void Dispose()
        {
            text.Dispose();
            purpose.Dispose();
            context.Dispose();
        }
    }

    /// <summary>The callbacks of one call. The collector must not take the delegates before the call is over.</summary>
    internal sealed class Callbacks : IDisposable
    {
        private readonly Native.LoadFn load;
        private readonly Native.SwapFn swap;
        internal Store Store;

        internal Callbacks(ITable table)
        {
            load = (arg, account, record) => Load(table, account, record);
            swap = (IntPtr arg, IntPtr account, IntPtr old, IntPtr record, out long rows) =>
                Swap(table, account, old, record, out rows);
            Store = new Store
            {
                StructSize = Store.Size, Load = Marshal.GetFunctionPointerForDelegate(load),
                Swap = Marshal.GetFunctionPointerForDelegate(swap),
            };
        }

        // No exception may pass through the library.
        private static int Load(ITable table, IntPtr account, IntPtr record)
        {
            try
            {
                string found = table.Load(Library.Text(account));
                if (found == null)
                    return 1;
                byte[] bytes = Library.Bytes(found);
                // A longer text is not a record, and must not be cut to another text.
                if (bytes.Length >= Number.RECORD_MAX)
                    return -1;
                Marshal.Copy(bytes, 0, record, bytes.Length);
                Marshal.WriteByte(record, bytes.Length, 0);
                return 0;
            }
            catch (Exception)
            {
                return -1;
            }
        }

        private static int Swap(ITable table, IntPtr account, IntPtr old, IntPtr record, out long rows)
        {
            rows = 0;
            try
            {
                rows = table.Swap(Library.Text(account), old == IntPtr.Zero ? null : Library.Text(old), Library.Text(record));
                return 0;
            }
            catch (Exception)
            {
                return -1;
            }
        }

        public void Dispose()
        {
            GC.KeepAlive(load);
            GC.KeepAlive(swap);
        }
    }
}
