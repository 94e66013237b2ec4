package io.github.poterne.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {
    private static String fill(String text, Map<String, Object> values) {
        return new Template(text, name -> new Template("<" + name + " {{a}}>", null, null), key -> "text of " + key).fill(values);
    }

    @Test
    void everyValueIsEscaped() {
        assertEquals("&lt;b&gt; &amp;&quot;&#39;", fill("{{a}}", Map.of("a", "<b> &\"'")));
        assertEquals("<li>&lt;1&gt;</li><li>2</li>", fill("{{#a}}<li>{{.}}</li>{{/a}}", Map.of("a", List.of("<1>", "2"))));
        assertEquals("<head &lt;>", fill("{{>head}}", Map.of("a", "<")));
        assertEquals("text of code.title", fill("{{t.code.title}}", Map.of()));
    }

    @Test
    void aValueIsNoTemplate() {
        assertEquals("{{b}} {{t.code.title}}", fill("{{a}}", Map.of("a", "{{b}} {{t.code.title}}", "b", "secret")));
    }

    @Test
    void sections() {
        Map<String, Object> values = new HashMap<>();
        values.put("no", null);
        values.put("yes", "1");
        values.put("none", Collections.emptyList());
        values.put("on", true);
        values.put("off", false);
        values.put("rows", List.of(Map.of("name", "x", "on", false), Map.of("name", "y")));
        assertEquals("", fill("{{#no}}a{{/no}}{{#none}}b{{/none}}{{#off}}c{{/off}}{{^yes}}d{{/yes}}{{#missing}}e{{/missing}}", values));
        assertEquals("abcd", fill("{{^no}}a{{/no}}{{^none}}b{{/none}}{{^off}}c{{/off}}{{#yes}}d{{/yes}}", values));
        assertEquals("x,y!,", fill("{{#rows}}{{name}}{{#on}}!{{/on}},{{/rows}}", values));
        assertEquals("ab", fill("{{#yes}}a{{#yes}}b{{/yes}}{{/yes}}", values));
        assertThrows(IllegalStateException.class, () -> fill("{{#yes}}a", values));
        assertThrows(IllegalStateException.class, () -> fill("a{{/yes}}", values));
    }

    @Test
    void targets() {
        for (String good : List.of("/", "/a/b?c=d&e=%2F%2Fevil.example", "/:8080", "/a//b", "/%2F%2Fevil.example")) {
            assertTrue(Target.isLocal(good), good);
        }
        for (String bad : List.of("", "a", "//evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/a\r\nSet-Cookie: a=b",
                "https://evil.example", "javascript:alert(1)", " /a", "/a b", "/é", "/a;jsessionid=1", "/" + "a".repeat(3000))) {
            assertFalse(Target.isLocal(bad), bad);
        }
        assertFalse(Target.isLocal(null));
    }

    @Test
    void tokens() {
        String key = FormToken.random();
        String token = FormToken.make(key);
        assertTrue(FormToken.isOf(key, token));
        assertFalse(FormToken.make(key).equals(token));
        assertFalse(FormToken.isOf(FormToken.random(), token));
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            // The last character of base64 has bits that mean nothing: as text it is another token all the same.
            assertFalse(FormToken.isOf(key, token.substring(0, i) + other + token.substring(i + 1)), "place " + i);
            assertFalse(FormToken.isOf(key, token.substring(0, i)), "length " + i);
        }
        assertFalse(FormToken.isOf(key, null));
        assertFalse(FormToken.isOf(key, token + "A"));
        assertFalse(FormToken.digest("a", "bc").equals(FormToken.digest("ab", "c")));
    }

    @Test
    void whatExpiresIsGone() throws InterruptedException {
        Expiring<String> few = new Expiring<>(1);
        few.put("a", "1");
        assertEquals("1", few.get("a"));
        assertEquals("1", few.take("a"));
        assertEquals(null, few.get("a"));
        few.put("b", "2");
        Thread.sleep(1100);
        assertEquals(null, few.get("b"));
        Expiring<Integer> many = new Expiring<>(60);
        for (int i = 0; i < 20_000; i++) {
            many.put("k" + i, i);
        }
        assertEquals(null, many.get("k0"));
        assertEquals(19_999, many.get("k19999"));
    }
}
