/**
 * A one-time code behind the password of a web application.
 *
 * <p>{@link io.github.poterne.servlet.SecondStepFilter} stands before the application, and asks whoever has passed its first factor for
 * a code. {@link io.github.poterne.servlet.SecondStep} has its settings.
 */
package io.github.poterne.servlet;
