/** A one-time code as a factor of Spring Security: see {@link io.github.poterne.spring.SecondStepConfigurer}. */
package io.github.poterne.spring;
