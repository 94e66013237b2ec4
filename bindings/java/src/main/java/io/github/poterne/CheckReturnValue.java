package io.github.poterne;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a result that the caller must not ignore. Error Prone and SpotBugs know the annotation by its simple name. Error Prone
 * applies the package's annotation to all methods; SpotBugs looks only at the method.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PACKAGE, ElementType.METHOD})
@interface CheckReturnValue {}
