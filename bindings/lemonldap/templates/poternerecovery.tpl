<TMPL_INCLUDE NAME="poternehead.tpl">
<TMPL_IF NAME="CODES">
<p><TMPL_VAR NAME="poterne_recovery_text" ESCAPE=HTML></p>
<ol id="poterne-recovery"><TMPL_LOOP NAME="CODES"><li><TMPL_VAR NAME="CODE" ESCAPE=HTML></li></TMPL_LOOP></ol>
</TMPL_IF>
<TMPL_IF NAME="TOKEN">
<form action="<TMPL_VAR NAME="TARGET" ESCAPE=HTML>" method="post">
<input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN" ESCAPE=HTML>">
<input type="hidden" name="step" value="<TMPL_VAR NAME="STEP" ESCAPE=HTML>">
<button type="submit" id="poterne-kept" class="btn btn-primary"><TMPL_IF NAME="CODES"><TMPL_VAR NAME="poterne_recovery_kept" ESCAPE=HTML><TMPL_ELSE><TMPL_VAR NAME="poterne_code_submit" ESCAPE=HTML></TMPL_IF></button>
</form>
<TMPL_ELSE>
<p><a id="poterne-kept" class="btn btn-primary" href="<TMPL_VAR NAME="BACK" ESCAPE=HTML>"><TMPL_IF NAME="CODES"><TMPL_VAR NAME="poterne_recovery_kept" ESCAPE=HTML><TMPL_ELSE><TMPL_VAR NAME="poterne_account_back" ESCAPE=HTML></TMPL_IF></a></p>
</TMPL_IF>
<TMPL_INCLUDE NAME="poternefoot.tpl">
