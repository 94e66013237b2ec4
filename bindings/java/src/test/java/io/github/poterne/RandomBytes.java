package io.github.poterne;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Seeded random requests to every native: bytes at random, and requests that were right before a few bytes were changed.
 * Arguments: the number of calls, the seed. Prints what came back, by kind.
 */
final class RandomBytes {
    /** The first generation of the first slot: the keyring; the verifier and the enrollment come next. */
    private static final long FIRST = 1L << 32;

    private RandomBytes() {}

    public static void main(String[] arguments) throws Exception {
        int calls = Integer.parseInt(arguments[0]);
        Random random = new Random(Long.parseLong(arguments[1]));
        List<Method> natives = Stream.of(Native.class.getDeclaredMethods())
                .filter(method -> java.lang.reflect.Modifier.isNative(method.getModifiers()))
                .sorted(Comparator.comparing(Method::getName)).toList();
        if (natives.size() < 50) {
            throw new AssertionError("only " + natives.size() + " natives");
        }
        Keyring keyring = Keyring.generate(1);
        Verifier verifier = new Verifier(keyring, "random");
        String record = verifier.enroll("a.martin", Parameters.totp()).record();
        long[] handles = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, FIRST, FIRST + 1, FIRST + 2, FIRST + 3};
        TreeMap<String, Integer> results = new TreeMap<>();
        for (int i = 0; i < calls; i++) {
            Method method = natives.get(i % natives.size());
            if (method.getReturnType() != byte[].class) {
                results.merge("numbers", 1, Integer::sum);
                invokeWithNumbers(method, random);
                continue;
            }
            // `close` would close the objects that the calls need; it is called with handles that are none.
            long handle = method.getName().equals("close") ? random.nextLong() | 1L << 62
                    : handles[random.nextInt(handles.length)];
            byte[] request = random.nextInt(50) == 0 ? null
                    : random.nextBoolean() ? randomBytes(random) : nearly(random, record);
            int length = request == null ? 0 : random.nextInt(20) == 0 ? random.nextInt() : request.length;
            results.merge(kind((byte[]) invoke(method, handle, request, length)), 1, Integer::sum);
        }
        // What was made on the way are handles that nobody closes: they are still apart, and the first ones still work.
        if (!verifier.credential("a.martin", record).inspect().state().equals(State.PENDING)) {
            throw new AssertionError("the record changed");
        }
        System.out.println(calls + " calls of " + natives.size() + " natives: " + results);
    }

    /** As any caller may: a length that the array does not have is an exception, and no bytes are read. */
    private static void invokeWithNumbers(Method method, Random random) throws Exception {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> type = method.getParameterTypes()[i];
            long number = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(10);
            arguments[i] = type == byte[].class ? random.nextInt(20) == 0 ? null : new byte[random.nextInt(80)]
                    : type == int.class ? (Object) (int) number : type == boolean.class ? (Object) random.nextBoolean() : (Object) number;
        }
        try {
            method.invoke(null, arguments);
        } catch (InvocationTargetException error) {
            if (!(error.getCause() instanceof ArrayIndexOutOfBoundsException)) {
                throw new AssertionError(method.getName() + " threw", error);
            }
        }
    }

    private static Object invoke(Method method, long handle, byte[] request, int length) throws Exception {
        try {
            return method.invoke(null, handle, request, length);
        } catch (InvocationTargetException error) {
            throw new AssertionError(method.getName() + " threw", error);
        }
    }

    private static String kind(byte[] response) {
        try {
            Response.of(response);
            return "ok";
        } catch (PoterneException error) {
            // A panic that was caught would be a fault all the same.
            if (error.kind() == ErrorKind.INTERNAL) {
                throw new AssertionError("an internal error", error);
            }
            return error.code();
        }
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Fields that a request may have, some of them changed or cut. */
    private static byte[] nearly(Random random, String record) {
        Writer writer = new Writer();
        for (int fields = random.nextInt(8); fields > 0; fields--) {
            switch (random.nextInt(6)) {
                case 0 -> writer.bytes(record.getBytes());
                case 1 -> writer.bytes("a.martin".getBytes());
                case 2 -> writer.bytes(Parameters.totp().packed());
                case 3 -> writer.number(random.nextBoolean() ? 1_763_800_000 : random.nextInt(8));
                case 4 -> writer.flag(random.nextInt(2));
                default -> writer.bytes(randomBytes(random));
            }
        }
        byte[] bytes = writer.bytes();
        if (bytes.length > 0 && random.nextInt(3) == 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return random.nextInt(5) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }

    /** Requests in the wire's own terms, so that they can be wrong. */
    private static final class Writer {
        private final java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();

        void bytes(byte[] bytes) {
            out.writeBytes(java.nio.ByteBuffer.allocate(4).putInt(bytes.length).array());
            out.writeBytes(bytes);
        }

        void number(long number) {
            out.writeBytes(java.nio.ByteBuffer.allocate(8).putLong(number).array());
        }

        void flag(int flag) {
            out.write(flag);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
