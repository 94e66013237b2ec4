      *> The structures have the sizes that they say; in the fixed format of source, for the copybooks are for both.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. SIZES.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       COPY "poterne.cpy".
       COPY "poterne-structures.cpy".
       01 FAULTS BINARY-LONG SIGNED VALUE 0.
       PROCEDURE DIVISION.
           IF FUNCTION LENGTH(POTERNE-ATTEMPT)
               NOT = POTERNE-ATTEMPT-STRUCT-SIZE
               ADD 1 TO FAULTS END-IF
           IF FUNCTION LENGTH(POTERNE-RESULT)
               NOT = POTERNE-RESULT-STRUCT-SIZE
               ADD 1 TO FAULTS END-IF
           IF FUNCTION LENGTH(POTERNE-PARAMETERS)
               NOT = POTERNE-PARAMETERS-STRUCT-SIZE
               ADD 1 TO FAULTS END-IF
           IF FUNCTION LENGTH(POTERNE-EXISTING)
               NOT = POTERNE-EXISTING-STRUCT-SIZE
               ADD 1 TO FAULTS END-IF
           IF FUNCTION LENGTH(POTERNE-PRESENTED)
               NOT = POTERNE-PRESENTED-STRUCT-SIZE
               ADD 1 TO FAULTS END-IF
           IF FUNCTION LENGTH(POTERNE-INSPECTION)
               NOT = POTERNE-INSPECTION-STRUCT-SIZE
               ADD 1 TO FAULTS END-IF
           IF FUNCTION LENGTH(POTERNE-URI-NAMES)
               NOT = POTERNE-URI-NAMES-STRUCT-SIZE
               ADD 1 TO FAULTS END-IF
      *> Before any call, nobody is logged in.
           IF POTERNE-LOGGED-IN ADD 1 TO FAULTS END-IF
           STOP RUN RETURNING FAULTS.
