package io.github.poterne;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A caller that ignores the result has made a mistake. Error Prone and SpotBugs know the annotation by its simple name. Error Prone
 * takes that of the package for all methods, SpotBugs looks at the method alone.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PACKAGE, ElementType.METHOD})
@interface CheckReturnValue {}
