/** A second factor for applications that already exist. */
module io.github.poterne {
    requires transitive java.sql;

    exports io.github.poterne;
}
