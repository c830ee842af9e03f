"""The only room that knows files and messages. Readers yield `domain.instruction.Batch`es; writers take
plain rows. Nothing here decides anything about the books."""
