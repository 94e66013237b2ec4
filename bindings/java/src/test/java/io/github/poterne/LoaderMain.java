package io.github.poterne;

/** Loads the library and uses it, or says why it cannot; with an argument, asks the virtual machine's own path first. */
final class LoaderMain {
    private LoaderMain() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0) {
            System.loadLibrary("poterne_jni");
            System.out.println("found on the path");
        }
        try (Keyring keyring = Keyring.generate(20261121)) {
            System.out.println("loaded " + keyring.keyIds());
        } catch (UnsatisfiedLinkError error) {
            System.out.println(error.getMessage());
            System.exit(2);
        }
    }
}
