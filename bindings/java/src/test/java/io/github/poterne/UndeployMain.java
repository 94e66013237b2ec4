package io.github.poterne;

import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;

/**
 * An application that goes away without closing anything, then another one that asks for its handles.
 *
 * <p>It runs with the native library preloaded, so that the library's memory outlives the class loader: what the first
 * application kept there, the second one finds, unless it was closed in between. The argument is the folder of the classes.
 */
final class UndeployMain {
    /** The first generation of the first slots. */
    private static final long FIRST = 1L << 32;

    private UndeployMain() {}

    public static void main(String[] arguments) throws Exception {
        URL[] classes = {new java.io.File(arguments[0]).toURI().toURL()};
        WeakReference<ClassLoader> first = deploy(classes);
        while (first.get() != null) {
            System.gc();
            Thread.sleep(10);
        }
        // The virtual machine gives the file to a second class loader once it has unloaded it from the first.
        for (int tries = 1; ; tries++) {
            System.gc();
            try (URLClassLoader second = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
                System.out.println("second: " + ids(second, FIRST) + ", " + ids(second, FIRST + 1));
                return;
            } catch (InvocationTargetException | LinkageError error) {
                if (tries == 500) {
                    throw error;
                }
                Thread.sleep(10);
            }
        }
    }

    private static WeakReference<ClassLoader> deploy(URL[] classes) throws Exception {
        URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader());
        Class<?> keyring = loader.loadClass("io.github.poterne.Keyring");
        keyring.getMethod("generate", long.class).invoke(null, 7L);
        keyring.getMethod("generate", long.class).invoke(null, 8L);
        System.out.println("first: " + ids(loader, FIRST) + ", " + ids(loader, FIRST + 1));
        loader.close();
        return new WeakReference<>(loader);
    }

    /** The primary key of the keyring that a handle opens. */
    private static String ids(ClassLoader loader, long handle) throws Exception {
        Method ids = loader.loadClass("io.github.poterne.Native")
                .getDeclaredMethod("keyringIds", long.class, byte[].class, int.class);
        ids.setAccessible(true);
        byte[] response = (byte[]) ids.invoke(null, handle, new byte[0], 0);
        return response[0] == 0 ? "key " + response[8] : "closed";
    }
}
