package io.github.poterne;

/**
 * The natives: each takes a handle (0 if it needs none) and a packed request, and gives a packed response, in the request's own
 * array if it fits there.
 *
 * <p>{@link #find} and {@link #gives} take numbers: packing would take longer than their work. What they have no number for, such as an
 * error, is asked of the packed one, which says what is wrong.
 *
 * <p>All can be called with any input: a wrong one gives an error in the response, never a crash.
 */
final class Native {
    static {
        Loader.load();
    }

    private Native() {}

    static native byte[] version(long handle, byte[] request, int length);

    static native byte[] refusalMessage(long handle, byte[] request, int length);

    static native byte[] errorMessage(long handle, byte[] request, int length);

    static native byte[] language(long handle, byte[] request, int length);

    static native byte[] numbers(long handle, byte[] request, int length);

    static native byte[] keyringGenerate(long handle, byte[] request, int length);

    static native byte[] keyringParse(long handle, byte[] request, int length);

    static native byte[] keyringOpen(long handle, byte[] request, int length);

    static native byte[] keyringAdd(long handle, byte[] request, int length);

    static native byte[] keyringPromote(long handle, byte[] request, int length);

    static native byte[] keyringRemove(long handle, byte[] request, int length);

    static native byte[] keyringText(long handle, byte[] request, int length);

    static native byte[] keyringIds(long handle, byte[] request, int length);

    static native byte[] policyOptions(long handle, byte[] request, int length);

    static native byte[] policyWith(long handle, byte[] request, int length);

    static native byte[] codeLifetime(long handle, byte[] request, int length);

    static native byte[] parameters(long handle, byte[] request, int length);

    static native byte[] parametersWith(long handle, byte[] request, int length);

    static native byte[] verifierNew(long handle, byte[] request, int length);

    static native byte[] accountName(long handle, byte[] request, int length);

    static native byte[] close(long handle, byte[] request, int length);

    static native byte[] enroll(long handle, byte[] request, int length);

    static native byte[] enrollToken(long handle, byte[] request, int length);

    static native byte[] enrollmentUri(long handle, byte[] request, int length);

    static native byte[] importCredential(long handle, byte[] request, int length);

    static native byte[] otpauthUri(long handle, byte[] request, int length);

    static native byte[] verify(long handle, byte[] request, int length);

    static native byte[] ticket(long handle, byte[] request, int length);

    static native byte[] dudTicket(long handle, byte[] request, int length);

    static native byte[] checkTicket(long handle, byte[] request, int length);

    static native byte[] verifyWithTicket(long handle, byte[] request, int length);

    static native byte[] confirm(long handle, byte[] request, int length);

    static native byte[] replace(long handle, byte[] request, int length);

    static native byte[] resynchronize(long handle, byte[] request, int length);

    static native byte[] inspect(long handle, byte[] request, int length);

    static native byte[] outcome(long handle, byte[] request, int length);

    static native byte[] recoveryCodes(long handle, byte[] request, int length);

    static native byte[] temporaryCode(long handle, byte[] request, int length);

    static native byte[] endCodes(long handle, byte[] request, int length);

    static native byte[] unlock(long handle, byte[] request, int length);

    static native byte[] repairClock(long handle, byte[] request, int length);

    static native byte[] suspend(long handle, byte[] request, int length);

    static native byte[] resume(long handle, byte[] request, int length);

    static native byte[] revoke(long handle, byte[] request, int length);

    static native byte[] forget(long handle, byte[] request, int length);

    static native byte[] reseal(long handle, byte[] request, int length);

    static native byte[] rename(long handle, byte[] request, int length);

    static native byte[] checkStart(long handle, byte[] request, int length);

    static native byte[] checkLoaded(long handle, byte[] request, int length);

    static native byte[] checkSwapped(long handle, byte[] request, int length);

    static native byte[] checkPaused(long handle, byte[] request, int length);

    static native byte[] personRows(long handle, byte[] request, int length);

    static native byte[] personOfLoginName(long handle, byte[] request, int length);

    static native byte[] conflict(long handle, byte[] request, int length);

    static native byte[] tokenFilePskc(long handle, byte[] request, int length);

    static native byte[] tokenFileEtoken(long handle, byte[] request, int length);

    static native byte[] tokenFileCsv(long handle, byte[] request, int length);

    static native byte[] tokenFileProve(long handle, byte[] request, int length);

    static native byte[] tokenFileEntry(long handle, byte[] request, int length);

    static native byte[] tokenEnroll(long handle, byte[] request, int length);

    static native byte[] tokenImport(long handle, byte[] request, int length);

    static native byte[] uriBuild(long handle, byte[] request, int length);

    static native byte[] uriParse(long handle, byte[] request, int length);

    static native byte[] uriSecretToType(long handle, byte[] request, int length);

    static native byte[] qr(long handle, byte[] request, int length);

    static native byte[] apps(long handle, byte[] request, int length);

    static native byte[] appsTable(long handle, byte[] request, int length);

    static native byte[] hotp(long handle, byte[] request, int length);

    static native byte[] totp(long handle, byte[] request, int length);

    static native byte[] timeStep(long handle, byte[] request, int length);

    static native byte[] match(long handle, byte[] request, int length);

    /**
     * As {@link #match}, for a secret of at most 64 bytes and a code of as many ASCII characters as it has digits, the last one in the
     * lowest byte: how far the factor is from the first, or one of {@link Match}'s negative numbers. The array is not changed.
     */
    static native long find(
            byte[] secret, int length, int algorithm, int digits, long code, long first, long last, boolean hasWatermark, long watermark);

    /** Whether {@link #outcome} would give the answer of an attempt as it is. */
    static native boolean gives(boolean isChanged, long rows);

    static native byte[] split(long handle, byte[] request, int length);

    static native byte[] secretGenerate(long handle, byte[] request, int length);

    static native byte[] secretDecode(long handle, byte[] request, int length);

    static native byte[] secretEncode(long handle, byte[] request, int length);
}
