<TMPL_INCLUDE NAME="poternehead.tpl">
<form action="<TMPL_VAR NAME="TARGET" ESCAPE=HTML>" method="post">
<input type="hidden" name="tab" value="<TMPL_VAR NAME="TAB" ESCAPE=HTML>">
<TMPL_IF NAME="CHECKLOGINS"><input type="hidden" name="checkLogins" value="1"></TMPL_IF>
<TMPL_INCLUDE NAME="poternedevices.tpl">
<div class="form-group">
<label for="poterne-code"><TMPL_VAR NAME="poterne_code_label" ESCAPE=HTML></label>
<p id="poterne-hint" class="poterne-hint"><TMPL_VAR NAME="poterne_code_hint" ESCAPE=HTML></p>
<input type="text" id="poterne-code" name="code" class="form-control" autocomplete="one-time-code" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="64" required aria-describedby="poterne-hint" <TMPL_IF NAME="ERROR">aria-invalid="true"</TMPL_IF> autofocus>
</div>
<button type="submit" id="poterne-submit" class="btn btn-primary"><TMPL_VAR NAME="poterne_code_submit" ESCAPE=HTML></button>
</form>
<p class="poterne-help"><TMPL_VAR NAME="poterne_code_help" ESCAPE=HTML></p>
<p><a href="<TMPL_VAR NAME="CANCEL" ESCAPE=HTML>"><TMPL_VAR NAME="poterne_code_other_user" ESCAPE=HTML></a></p>
<TMPL_INCLUDE NAME="poternefoot.tpl">
