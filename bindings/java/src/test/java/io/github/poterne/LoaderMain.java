package io.github.poterne;

/** Loads the library and uses it, or says why it cannot. */
final class LoaderMain {
    private LoaderMain() {}

    public static void main(String[] arguments) {
        try (Keyring keyring = Keyring.generate(20261121)) {
            System.out.println("loaded " + keyring.keyIds());
        } catch (UnsatisfiedLinkError error) {
            System.out.println(error.getMessage());
            System.exit(2);
        }
    }
}
