/** What the tests on whole servers share. */
@NullMarked
package dev.sluice.testing;

import org.jspecify.annotations.NullMarked;
