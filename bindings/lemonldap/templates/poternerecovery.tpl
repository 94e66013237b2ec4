<TMPL_INCLUDE NAME="poternehead.tpl">
<TMPL_IF NAME="CODES">
<p><TMPL_VAR NAME="poterne_recovery_text" ESCAPE=HTML></p>
<ol id="poterne-recovery"><TMPL_LOOP NAME="CODES"><li><TMPL_VAR NAME="CODE" ESCAPE=HTML></li></TMPL_LOOP></ol>
</TMPL_IF>
<p><a id="poterne-kept" class="btn btn-primary" href="<TMPL_IF NAME="TAB"><TMPL_VAR NAME="TARGET" ESCAPE=HTML>?tab=<TMPL_VAR NAME="TAB" ESCAPE=HTML><TMPL_ELSE><TMPL_VAR NAME="BACK" ESCAPE=HTML></TMPL_IF>"><TMPL_IF NAME="CODES"><TMPL_VAR NAME="poterne_recovery_kept" ESCAPE=HTML><TMPL_ELSE><TMPL_VAR NAME="poterne_account_back" ESCAPE=HTML></TMPL_IF></a></p>
<TMPL_INCLUDE NAME="poternefoot.tpl">
