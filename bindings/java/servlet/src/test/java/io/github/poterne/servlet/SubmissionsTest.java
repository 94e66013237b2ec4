package io.github.poterne.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SubmissionsTest {
    @Test
    void theWorkIsDoneOnce() throws Exception {
        Submissions submissions = new Submissions();
        for (int round = 0; round < 300; round++) {
            String key = "k" + round;
            AtomicInteger calls = new AtomicInteger();
            List<Answer> answers = HttpTest.atOnce(4, () -> {
                Answer known = submissions.known(key);
                return known != null ? known : submissions.once(key, () -> calls.getAndIncrement() % 2 == 0 ? Answer.go("/a") : Answer.go("/b"));
            });
            answers.forEach(answer -> assertSame(answers.get(0), answer));
            assertEquals(1, calls.get(), "round " + round);
        }
    }

    @Test
    void anErrorIsNotKept() throws Exception {
        Submissions submissions = new Submissions();
        assertThrows(IllegalStateException.class, () -> submissions.once("k", () -> {
            throw new IllegalStateException("the table is away");
        }));
        assertNull(submissions.known("k"));
        assertEquals("no", submissions.once("k", () -> Answer.refused("no")).error);
        assertEquals("no", submissions.known("k").error);
        assertEquals("no", submissions.said(submissions.known("k").id));
        assertNull(submissions.known("l"));
        assertNull(submissions.said("l"));
        assertNull(submissions.said(null));
    }
}
