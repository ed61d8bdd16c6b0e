import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Scanner;
import org.apache.lucene.util.automaton.CharacterRunAutomaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.RegExp;

/**
 * Asks Lucene, which answers Elasticsearch's regex, whether expressions are the whole of texts.
 *
 * <p>In (stdin): an expression and a text a line, in Base64, with a space between. Out: a line each, true, false or what is wrong with the
 * expression. The flags and the bound on an automaton's states are those of Elasticsearch's regexp query unless a query says otherwise:
 * https://www.elastic.co/docs/reference/query-languages/query-dsl/query-dsl-regexp-query
 */
public class Regex {
  private static final int MAX_DETERMINIZED_STATES = 10_000;
  private static final Map<String, CharacterRunAutomaton> COMPILED = new HashMap<>();

  private static String found(String expression, String text) {
    try {
      CharacterRunAutomaton automaton = COMPILED.get(expression);
      if (automaton == null) {
        automaton = new CharacterRunAutomaton(Operations.determinize(new RegExp(expression, RegExp.ALL).toAutomaton(), MAX_DETERMINIZED_STATES));
        COMPILED.put(expression, automaton);
      }
      return String.valueOf(automaton.run(text));
    } catch (RuntimeException e) {
      return e.toString().replace('\n', ' ');
    }
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  public static void main(String[] args) {
    StringBuilder out = new StringBuilder();
    for (Scanner in = new Scanner(System.in, StandardCharsets.UTF_8); in.hasNextLine(); ) {
      String[] pair = in.nextLine().split(" ", -1);
      out.append(found(decoded(pair[0]), decoded(pair[1]))).append('\n');
    }
    System.out.print(out);
  }
}
